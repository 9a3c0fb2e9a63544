using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

public static class Streams
{
    private const int Many = 1_000;

    public static readonly Scenario[] Scenarios =
    [
        new("a stream yields its items in order and ends", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal(["a", "b", "c"], await connection.StreamAsync<string>("Stream").ToListAsync());
        }),
        new("an empty stream just ends", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal([], await connection.StreamAsync<string>("EmptyStream").ToListAsync());
        }),
        new("a long stream loses nothing", async stage =>
        {
            var connection = await stage.ConnectAsync("bench");
            Expect.Equal(Enumerable.Range(0, Many).ToList(), await connection.StreamAsync<int>("Counter", Many).ToListAsync());
        }),
        new("two streams run side by side", async stage =>
        {
            var connection = await stage.ConnectAsync("bench");
            var streams = await Task.WhenAll(
                connection.StreamAsync<int>("Counter", Many).CountAsync().AsTask(),
                connection.StreamAsync<int>("Counter", Many).CountAsync().AsTask());
            Expect.Equal([Many, Many], streams);
        }),
        new("a streaming method that throws when called fails the stream", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            await Expect.Throws<HubException>(
                "An unexpected error occurred invoking 'StreamThrowException' on the server. InvalidOperationException: boom",
                () => connection.StreamAsync<string>("StreamThrowException", "boom").ToListAsync().AsTask());
        }),
        new("a stream that throws later yields first, then fails", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var items = new List<int>();
            await Expect.Throws<HubException>(
                "An error occurred on the server while streaming results. InvalidOperationException: boom",
                async () =>
                {
                    await foreach (var item in connection.StreamAsync<int>("StreamThenThrow", "boom"))
                    {
                        items.Add(item);
                    }
                });
            Expect.Equal([1], items);
        }),
        new("canceling a stream cancels the server's method", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var canceled = new TaskCompletionSource();
            connection.On("StreamCanceled", canceled.SetResult);
            using var source = new CancellationTokenSource();
            var reader = await connection.StreamAsChannelAsync<int>("InfiniteStream", source.Token);
            await source.CancelAsync();
            await canceled.Task;
            await Expect.Throws<OperationCanceledException>(() => reader.Completion);
            Expect.Equal("still here", await connection.InvokeAsync<string>("Echo", "still here"));
        }),
        new("a stream from the client is read to its end", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal("signal", await connection.InvokeAsync<string>("StreamingConcat", Items("s", "ig", "nal")));
        }),
        new("a long stream from the client loses nothing", async stage =>
        {
            var connection = await stage.ConnectAsync("bench");
            var sum = await connection.InvokeAsync<long>("Sum", Items(Enumerable.Range(0, Many).ToArray()));
            Expect.Equal(Many * (Many - 1) / 2, sum);
        }),
        new("a client's stream that fails hands its error to the method", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var error = await Expect.Throws<HubException>(
                () => connection.InvokeAsync<string>("StreamingConcat", FailingAfter("a", "boom")));
            // What follows is the client's own text: the exception with its stack.
            const string Start = "An unexpected error occurred invoking 'StreamingConcat' on the server. HubException: Stream errored by client:";
            Expect.True(error.Message.StartsWith(Start, StringComparison.Ordinal), $"'{Start} …', got '{error.Message}'");
            Expect.True(error.Message.Contains("boom", StringComparison.Ordinal), $"'boom' in '{error.Message}'");
        }),
    ];

    private static async IAsyncEnumerable<T> Items<T>(params T[] items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    private static async IAsyncEnumerable<string> FailingAfter(string item, string message)
    {
        yield return item;
        await Task.Yield();
        throw new InvalidOperationException(message);
    }
}
