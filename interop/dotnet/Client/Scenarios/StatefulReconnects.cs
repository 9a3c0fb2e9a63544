using System.Globalization;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>A client that was cut off goes on with the same connection, and neither side loses or repeats a message.</summary>
public static class StatefulReconnects
{
    private const int Messages = 600;
    private const int MessagesBetweenCuts = 100;
    private const int MessagesUnderWay = 50;

    private static IEnumerable<string> Numbers =>
        Enumerable.Range(0, Messages).Select(number => number.ToString(CultureInfo.InvariantCulture));

    public static readonly Scenario[] Scenarios =
    [
        new("stateful reconnect keeps the connection over cuts in mid-traffic, nothing lost, nothing twice", async stage =>
        {
            var proxy = stage.Own(new CuttingProxy(stage.Url));
            var connection = await stage.ConnectAsync("testhub", hub: hub => hub.WithStatefulReconnect(), through: proxy.Url);
            var before = connection.ConnectionId;
            var received = new Inbox<string>(connection, "Message");
            var connected = proxy.Relayed;

            // Every message makes the way to the server and back, so a loss or a repetition in either direction shows.
            using var window = new SemaphoreSlim(MessagesUnderWay);
            var sending = SendAsync(connection, window);
            var got = new List<string>();
            while (got.Count < Messages)
            {
                got.Add(await received.NextAsync());
                window.Release();
                if (got.Count % MessagesBetweenCuts == 0)
                {
                    proxy.Cut();
                }
            }
            await sending;

            Expect.Equal(Numbers.ToList(), got);
            Expect.Equal(before, await connection.InvokeAsync<string>("GetCallerConnectionId"));
            Expect.True(proxy.Relayed >= connected + Messages / MessagesBetweenCuts, "a new socket after each cut");
        }) { Transports = HttpTransportType.WebSockets },
        new("stateful reconnect delivers what the server sent while the client was away", async stage =>
        {
            var proxy = stage.Own(new CuttingProxy(stage.Url));
            var connection = await stage.ConnectAsync("testhub", hub: hub => hub.WithStatefulReconnect(), through: proxy.Url);
            connection.On("Result", () => 7);
            var id = connection.ConnectionId;

            proxy.Cut();
            // Asked from outside: the question reaches the client only over its next socket.
            Expect.Equal("7", await stage.Http.GetStringAsync(new Uri(stage.Url, $"clientresult/{id}")));
            Expect.Equal(id, connection.ConnectionId);
        }) { Transports = HttpTransportType.WebSockets },
        new("stateful reconnect finishes an invocation that was running when the socket was cut", async stage =>
        {
            var proxy = stage.Own(new CuttingProxy(stage.Url));
            var connection = await stage.ConnectAsync("testhub", hub: hub => hub.WithStatefulReconnect(), through: proxy.Url);
            var asked = new TaskCompletionSource();
            var answer = new TaskCompletionSource<int>();
            connection.On<int, int>("Ask", _ =>
            {
                asked.SetResult();
                return answer.Task;
            });

            var result = connection.InvokeAsync<int>("AskCaller", 1);
            await asked.Task;
            proxy.Cut();
            answer.SetResult(42);
            Expect.Equal(42, await result);
        }) { Transports = HttpTransportType.WebSockets },
    ];

    private static async Task SendAsync(HubConnection connection, SemaphoreSlim window)
    {
        foreach (var number in Numbers)
        {
            await window.WaitAsync();
            await connection.SendAsync("InvokeWithString", number);
        }
    }
}
