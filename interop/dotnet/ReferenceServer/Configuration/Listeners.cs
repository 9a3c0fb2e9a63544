using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Signalbox.Interop.Configuration;

/// <summary>Where the server listens, and how it says so: the only thing it writes to stdout.</summary>
public static class Listeners
{
    // Without a limit a dead client of a stateful connection would hold a stopping server for 30 s.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    public static void AddListeners(this WebApplicationBuilder builder, CommandLine commandLine)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, commandLine.Port);
            if (commandLine.HttpsPort is { } httpsPort)
            {
                kestrel.Listen(IPAddress.Loopback, httpsPort, listener => listener.UseHttps(SelfSignedCertificate.Create()));
            }
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
    }

    public static void PrintAddressesWhenListening(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        foreach (var address in addresses.Addresses)
        {
            Console.WriteLine($"Now listening on: {address}");
        }
    });

    /// <summary>
    /// Failing hub methods are what tests provoke, so nothing is logged unless asked for with
    /// <c>Logging__LogLevel__Default=Debug</c>, and then to stderr.
    /// </summary>
    public static void AddQuietLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (builder.Configuration["Logging:LogLevel:Default"] is null)
        {
            builder.Logging.SetMinimumLevel(LogLevel.Critical);
        }
    }
}
