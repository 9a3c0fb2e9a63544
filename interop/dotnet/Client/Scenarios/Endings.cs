using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

public static class Endings
{
    public static readonly Scenario[] Scenarios =
    [
        new("stopping the client closes without error", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var closed = Closed(connection);
            await connection.StopAsync();
            Expect.Equal(null, (await closed)?.Message);
        }),
        new("a stopped client can start again", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            await connection.StopAsync();
            await connection.StartAsync();
            Expect.Equal("hello", await connection.InvokeAsync<string>("Echo", "hello"));
        }),
        new("an abort on the server closes without error and without reconnect", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub", hub: hub => hub.WithAutomaticReconnect());
            var reconnecting = false;
            connection.Reconnecting += _ =>
            {
                reconnecting = true;
                return Task.CompletedTask;
            };
            var closed = Closed(connection);
            await connection.SendAsync("Abort");
            Expect.Equal(null, (await closed)?.Message);
            Expect.True(!reconnecting, "no reconnect");
        }),
        new("a hub that cannot be created closes the connection with its error", async stage =>
        {
            var connection = stage.Build("uncreatable");
            var closed = Closed(connection);
            var error = await StartErrorAsync(connection) ?? await closed;
            const string Text = "InvalidOperationException";
            Expect.True(error?.Message.Contains(Text, StringComparison.Ordinal) == true, $"an error with {Text}, got '{error?.Message}'");
        }),
    ];

    private static Task<Exception?> Closed(HubConnection connection)
    {
        var closed = new TaskCompletionSource<Exception?>();
        connection.Closed += error =>
        {
            closed.SetResult(error);
            return Task.CompletedTask;
        };
        return closed.Task;
    }

    // The close may come while the client still starts: then it is the start that fails.
    private static async Task<Exception?> StartErrorAsync(HubConnection connection)
    {
        try
        {
            await connection.StartAsync();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
