using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>The server asks, the client answers.</summary>
public static class ClientResults
{
    public static readonly Scenario[] Scenarios =
    [
        new("a hub method gets its caller's answer", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            connection.On<int, int>("Ask", number => number + 1);
            Expect.Equal(42, await connection.InvokeAsync<int>("AskCaller", 41));
        }),
        new("a hub method gets another connection's answer", async stage =>
        {
            var asking = await stage.ConnectAsync("bench");
            var answering = await stage.ConnectAsync("bench");
            answering.On<int, int>("Ask", async number =>
            {
                await Task.Yield();
                return number * 2;
            });
            Expect.Equal(42, await asking.InvokeAsync<int>("AskConnection", answering.ConnectionId, 21));
        }),
        new("code outside the hub gets a connection's answer", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            connection.On("Result", () => 7);
            Expect.Equal("7", await stage.Http.GetStringAsync(new Uri(stage.Url, $"clientresult/{connection.ConnectionId}")));
        }),
        new("an error of the asked client reaches the asking one", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            connection.On<int, int>("Ask", int (_) => throw new InvalidOperationException("I do not know"));
            await Expect.Throws<HubException>(
                "An unexpected error occurred invoking 'AskCaller' on the server. HubException: I do not know",
                () => connection.InvokeAsync<int>("AskCaller", 0));
        }),
        new("a client whose handler answers nothing says so", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            connection.On<int>("Ask", _ => { });
            await Expect.Throws<HubException>(
                "An unexpected error occurred invoking 'AskCaller' on the server. HubException: Client didn't provide a result.",
                () => connection.InvokeAsync<int>("AskCaller", 0));
        }),
        new("asking an unknown connection fails", async stage =>
        {
            var connection = await stage.ConnectAsync("bench");
            await Expect.Throws<HubException>(
                "An unexpected error occurred invoking 'AskConnection' on the server. IOException: Connection 'nobody' does not exist.",
                () => connection.InvokeAsync<int>("AskConnection", "nobody", 0));
        }),
    ];
}
