using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;

namespace Signalbox.Interop.Client.Running;

/// <summary>One scenario after the other, each within its time, one line for each.</summary>
public static class Runner
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<bool> RunAsync(Uri url, Variant[] variants)
    {
        var failed = 0;
        var clock = Stopwatch.StartNew();
        foreach (var variant in variants)
        {
            var reason = await TryAsync(url, variant);
            failed += reason is null ? 0 : 1;
            Console.WriteLine(reason is null ? $"ok {variant.Name}" : $"FAIL {variant.Name}: {reason}");
        }
        Console.WriteLine(
            $"SignalR .NET client {ClientVersion()}: {variants.Length - failed} passed, {failed} failed " +
            $"in {clock.Elapsed.TotalSeconds:0.0} s");
        // A filter that selects nothing must not look like success.
        return failed == 0 && variants.Length > 0;
    }

    private static async Task<string?> TryAsync(Uri url, Variant variant)
    {
        try
        {
            var stage = new Stage(url, variant.Transport, variant.Protocol);
            try
            {
                await variant.Scenario.Run(stage).WaitAsync(Limit);
            }
            finally
            {
                // Bounded as well: a client may wait for a server that does not let go.
                await stage.DisposeAsync().AsTask().WaitAsync(Limit);
            }
            return null;
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}";
        }
    }

    private static string ClientVersion() =>
        typeof(HubConnection).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
