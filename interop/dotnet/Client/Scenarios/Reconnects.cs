using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

public static class Reconnects
{
    public static readonly Scenario[] Scenarios =
    [
        new("a client that was cut off reconnects by itself as a new connection", async stage =>
        {
            var proxy = stage.Own(new CuttingProxy(stage.Url));
            var connection = await stage.ConnectAsync(
                "testhub",
                hub: hub => hub.WithAutomaticReconnect([TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)]),
                through: proxy.Url);
            var before = connection.ConnectionId;
            var reconnecting = new TaskCompletionSource();
            connection.Reconnecting += _ =>
            {
                reconnecting.SetResult();
                return Task.CompletedTask;
            };
            var reconnected = new TaskCompletionSource<string?>();
            connection.Reconnected += id =>
            {
                reconnected.SetResult(id);
                return Task.CompletedTask;
            };

            // Refusing, too: a poll that is cut off is quietly sent again by HttpClient, and the connection lives on.
            proxy.Refusing = true;
            proxy.Cut();
            await reconnecting.Task;
            proxy.Refusing = false;

            var after = await reconnected.Task;
            Expect.True(after is not null && after != before, $"a new connection id, got '{after}' after '{before}'");
            Expect.Equal(after, await connection.InvokeAsync<string>("GetCallerConnectionId"));
        }),
    ];
}
