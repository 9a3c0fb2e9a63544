using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Signalbox.Interop.Client.Connecting;

/// <summary>Where one scenario plays: its connections, on one transport and protocol; they end with it, whatever its outcome.</summary>
public sealed class Stage(Uri url, HttpTransportType transport, string protocol) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];

    public Uri Url => url;
    public HttpTransportType Transport => transport;
    public HttpClient Http { get; } = new();

    public async Task<HubConnection> ConnectAsync(
        string path,
        Action<HttpConnectionOptions>? http = null,
        Action<IHubConnectionBuilder>? hub = null,
        Uri? through = null)
    {
        var connection = Build(path, http, hub, through);
        await connection.StartAsync();
        return connection;
    }

    public HubConnection Build(
        string path,
        Action<HttpConnectionOptions>? http = null,
        Action<IHubConnectionBuilder>? hub = null,
        Uri? through = null)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(through ?? url, path), transport, options => http?.Invoke(options));
        if (protocol == "messagepack")
        {
            builder.AddMessagePackProtocol();
        }
        hub?.Invoke(builder);
        return Own(builder.Build());
    }

    public T Own<T>(T resource)
        where T : IAsyncDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        // Clients before the proxy that they go through.
        foreach (var resource in Enumerable.Reverse(_owned))
        {
            await resource.DisposeAsync();
        }
    }
}
