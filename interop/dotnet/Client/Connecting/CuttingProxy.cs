using System.Net;
using System.Net.Sockets;

namespace Signalbox.Interop.Client.Connecting;

/// <summary>
/// A TCP relay in front of the server whose connections can be cut without a goodbye, like a phone that changes its network.
/// A client may come back at once, unless the proxy is told to refuse.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Link> _links = [];
    private readonly Uri _server;
    private readonly Task _accepting;

    public CuttingProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>While set, new connections are reset as soon as they are made.</summary>
    public bool Refusing { get; set; }

    /// <summary>How many connections were relayed so far.</summary>
    public int Relayed { get; private set; }

    public void Cut()
    {
        lock (_links)
        {
            _links.ForEach(link => link.Cut());
            _links.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Start(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private void Start(TcpClient client)
    {
        if (Refusing)
        {
            Link.Reset(client);
            return;
        }
        var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        try
        {
            server.Connect(_server.Host, _server.Port);
        }
        catch (SocketException)
        {
            // No server: the client shall notice as it would without a proxy.
            Link.Reset(client);
            return;
        }
        var link = new Link(client, server);
        lock (_links)
        {
            _links.Add(link);
            Relayed++;
        }
        _ = link.RelayAsync();
    }

    private sealed class Link(TcpClient client, TcpClient server)
    {
        public Task RelayAsync() => Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));

        public void Cut()
        {
            // The server learns first: a client that comes back must find its old connection gone, not taken.
            Reset(server);
            Reset(client);
        }

        private static async Task CopyAsync(TcpClient from, TcpClient to)
        {
            try
            {
                await from.GetStream().CopyToAsync(to.GetStream());
                to.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, or closed by the other side.
            }
        }

        // Linger 0 sends RST and drops what is under way.
        public static void Reset(TcpClient end)
        {
            end.LingerState = new LingerOption(true, 0);
            end.Close();
        }
    }
}
