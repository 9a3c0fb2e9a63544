using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop;

/// <summary>Streams in both directions that wait, fail or are left unread.</summary>
public sealed partial class ProbeHub
{
    /// <summary>Yields one item, then waits for cancellation and records it.</summary>
    public async IAsyncEnumerable<int> StreamUntilCanceled(
        string key,
        [EnumeratorCancellation] CancellationToken canceled)
    {
        yield return 0;
        try
        {
            await Task.Delay(Timeout.Infinite, canceled);
        }
        finally
        {
            journal.Record(key, "canceled");
        }
    }

    /// <summary>Yields one item, waits for the release, yields another, and ignores cancellation meanwhile.</summary>
    public async IAsyncEnumerable<int> StreamUntilReleased(string key)
    {
        yield return 0;
        await gates.WaitAsync(key);
        yield return 1;
    }

    /// <summary>A channel without a token: the reader is what cancellation stops.</summary>
    public ChannelReader<int> EndlessChannel()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(0);
        return channel.Reader;
    }

    public IAsyncEnumerable<int>? NullStream() => null;

    /// <summary>Both directions at once.</summary>
    public IAsyncEnumerable<int> DoubleEach(IAsyncEnumerable<int> numbers) => numbers.Select(number => number * 2);

    /// <summary>Ordinary arguments on both sides of a stream.</summary>
    public async Task<string> Surround(string before, IAsyncEnumerable<string> parts, string after) =>
        before + string.Concat(await parts.ToListAsync()) + after;

    public async Task<string> TwoUploads(IAsyncEnumerable<string> first, IAsyncEnumerable<string> second) =>
        $"{string.Concat(await first.ToListAsync())}|{string.Concat(await second.ToListAsync())}";

    /// <summary>Records each item as <c>item:N</c> and the end as <c>ended:null</c> or <c>ended:Type:message</c>, and returns the end.</summary>
    public async Task<string> ReadUpload(string key, IAsyncEnumerable<int> numbers)
    {
        var end = await ReadToEnd(key, numbers);
        journal.Record(key, end);
        return end;
    }

    /// <summary>Never reads, and returns when released: with 0 buffered items the receive loop waits meanwhile.</summary>
    public Task HoldUpload(string key, IAsyncEnumerable<int> numbers) => BlockUntilReleased(key);

    /// <summary>Returns at once without reading.</summary>
    public string IgnoreUpload(IAsyncEnumerable<int> numbers) => "ignored";

    private async Task<string> ReadToEnd(string key, IAsyncEnumerable<int> numbers)
    {
        try
        {
            await foreach (var number in numbers)
            {
                journal.Record(key, $"item:{number}");
            }
            return ProbeJournal.Describe("ended", null);
        }
        catch (Exception error) when (error is HubException or OperationCanceledException)
        {
            return ProbeJournal.Describe("ended", error);
        }
    }
}
