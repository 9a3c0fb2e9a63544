using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

public static class Invocations
{
    // Below the default limit of 32 KiB a message, framing included.
    private const int LargeLength = 30_000;
    private const int Many = 200;

    public static readonly Scenario[] Scenarios =
    [
        new("an invocation returns the method's result", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal("hello", await connection.InvokeAsync<string>("Echo", "hello"));
        }),
        new("the connection runs on the transport asked for", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal(stage.Transport.ToString(), await connection.InvokeAsync<string>("GetActiveTransportName"));
        }),
        new("server and client agree on the connection id", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal(connection.ConnectionId, await connection.InvokeAsync<string>("GetCallerConnectionId"));
        }),
        new("method names match without regard to case", async stage =>
        {
            var connection = await stage.ConnectAsync("TESTHUB");
            Expect.Equal("hello", await connection.InvokeAsync<string>("eCHO", "hello"));
        }),
        new("text of any script, and null, come back as sent", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            foreach (var text in new[] { "", "\"\\\n\u001e\0", "größer 平仮名 🚀", null })
            {
                Expect.Equal(text, await connection.InvokeAsync<string?>("Echo", text));
            }
        }),
        new("a large message comes back as sent", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var text = new string('x', LargeLength);
            Expect.Equal(text, await connection.InvokeAsync<string>("Echo", text));
        }),
        new("many invocations at once each get their own result", async stage =>
        {
            var connection = await stage.ConnectAsync("bench");
            var results = await Task.WhenAll(Enumerable.Range(0, Many).Select(n => connection.InvokeAsync<int>("Add", n, 1)));
            Expect.Equal(Enumerable.Range(1, Many).ToArray(), results);
        }),
        new("a method without result completes", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            await connection.InvokeAsync("Wait", 1);
        }),
        new("what a method sends to its caller arrives before it completes", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var messages = new Inbox<string>(connection, "Message");
            var completed = connection.InvokeAsync("InvokeWithString", "hello");
            Expect.Equal("hello", await messages.NextAsync());
            await completed;
        }),
        new("sends without completion arrive in order", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var messages = new Inbox<string>(connection, "Message");
            var sent = Enumerable.Range(0, Many).Select(n => $"{n}").ToList();
            foreach (var text in sent)
            {
                await connection.SendAsync("InvokeWithString", text);
            }
            Expect.Equal(sent, await messages.TakeAsync(Many));
        }),
    ];
}
