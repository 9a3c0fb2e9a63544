using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>A failed call fails alone, with the text that ASP.NET Core gives (detailed errors on).</summary>
public static class Errors
{
    public static readonly Scenario[] Scenarios =
    [
        Failing("a HubException reaches the caller with its message",
            "An unexpected error occurred invoking 'ThrowHubException' on the server. HubException: no",
            connection => connection.InvokeAsync("ThrowHubException", "no")),
        Failing("another exception reaches the caller with its type",
            "An unexpected error occurred invoking 'ThrowException' on the server. InvalidOperationException: boom",
            connection => connection.InvokeAsync("ThrowException", "boom")),
        Failing("an unknown method is named as the client spelled it",
            "Failed to invoke 'NoSuchMethod' due to an error on the server. HubException: Method does not exist.",
            connection => connection.InvokeAsync("NoSuchMethod")),
        Failing("a missing argument is counted",
            "Failed to invoke 'Echo' due to an error on the server. " +
            "InvalidDataException: Invocation provides 0 argument(s) but target expects 1.",
            connection => connection.InvokeAsync("Echo")),
        Failing("an argument of the wrong type is refused",
            "Failed to invoke 'Wait' due to an error on the server. InvalidDataException: Error binding arguments. " +
            "Make sure that the types of the provided values match the types of the hub method being invoked.",
            connection => connection.InvokeAsync("Wait", "soon")),
        Failing("a plain invocation of a streaming method is refused",
            "The client attempted to invoke the streaming 'Stream' method with a non-streaming invocation.",
            connection => connection.InvokeAsync("Stream")),
        Failing("a stream invocation of a plain method is refused",
            "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.",
            connection => connection.StreamAsync<string>("Echo", "hello").ToListAsync().AsTask()),
    ];

    private static Scenario Failing(string sentence, string message, Func<HubConnection, Task> call) => new(sentence, async stage =>
    {
        var connection = await stage.ConnectAsync("testhub");
        await Expect.Throws<HubException>(message, () => call(connection));
        Expect.Equal("still here", await connection.InvokeAsync<string>("Echo", "still here"));
    });
}
