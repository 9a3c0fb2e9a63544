using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop;

/// <summary>A connection's life, steered and recorded by the query: <c>?key=K&amp;connect=…&amp;aborted=…&amp;disconnect=…</c>.</summary>
public sealed partial class ProbeHub
{
    private const string KeyItem = "ProbeHub.Key";

    public override async Task OnConnectedAsync()
    {
        var key = Query("key") ?? Context.ConnectionId;
        // Kept for OnDisconnectedAsync, where the request may be gone.
        Context.Items[KeyItem] = key;
        RecordAbort(key, fail: Query("aborted") == "throw");
        Context.Items["ProbeHub.Disconnect"] = Query("disconnect");

        journal.Record(key, "connecting");
        await SteerConnect(key);
        journal.Record(key, "connected");
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        journal.Record((string)Context.Items[KeyItem]!, ProbeJournal.Describe("disconnected", exception));
        return Context.Items["ProbeHub.Disconnect"] is "throw"
            ? throw new InvalidOperationException("Hub OnDisconnected failed.")
            : Task.CompletedTask;
    }

    public void ReleaseConnect(string key) => gates.Release(ConnectGate(key));

    public void AbortTwice()
    {
        Context.Abort();
        Context.Abort();
    }

    private async Task SteerConnect(string key)
    {
        switch (Query("connect"))
        {
            case "throw": throw new InvalidOperationException("Hub OnConnected failed.");
            case "hubexception": throw new HubException("no");
            case "block": await gates.WaitAsync(ConnectGate(key)); break;
            case "abort": Context.Abort(); break;
            case "send": await Clients.Caller.SendAsync("Message", "from OnConnectedAsync"); break;
            case "ask": await Clients.Caller.InvokeAsync<int>("Ask", 0, CancellationToken.None); break;
        }
    }

    // The token's state itself needs no method: `aborted` before `connected` or after `disconnected` tells it.
    private void RecordAbort(string key, bool fail)
    {
        // This hub's services are gone when the token fires; the journal is not.
        var events = journal;
        Context.ConnectionAborted.Register(() =>
        {
            events.Record(key, "aborted");
            if (fail)
            {
                throw new InvalidOperationException("ConnectionAborted callback failed.");
            }
        });
    }

    private static string ConnectGate(string key) => $"connect:{key}";

    private string? Query(string name) => Context.GetHttpContext()?.Request.Query[name];
}
