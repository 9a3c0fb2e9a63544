using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;

namespace Signalbox.Interop.Client.Connecting;

/// <summary>What a connection got under one client method name, in order.</summary>
public sealed class Inbox<T>
{
    private readonly Channel<T> _received = Channel.CreateUnbounded<T>();

    public Inbox(HubConnection connection, string method) => connection.On<T>(method, item => _received.Writer.TryWrite(item));

    public ValueTask<T> NextAsync() => _received.Reader.ReadAsync();

    public async Task<List<T>> TakeAsync(int count)
    {
        var items = new List<T>(count);
        while (items.Count < count)
        {
            items.Add(await NextAsync());
        }
        return items;
    }
}
