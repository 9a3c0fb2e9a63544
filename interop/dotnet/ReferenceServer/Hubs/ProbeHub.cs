using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop;

/// <summary>
/// What the conformance lists need from a server besides the other hubs: corners of dispatch, and what happened where no client can
/// look. The life cycle and the streams are in files of their own.
/// </summary>
public sealed partial class ProbeHub(ProbeJournal journal, ProbeGates gates) : Hub
{
    private string? _field;

    public string? Echo(string? message) => message;

    public string[] GetEvents(string key) => journal.Read(key);

    public void SetItem(string name, string? value) => Context.Items[name] = value;

    public string? GetItem(string name) => Context.Items.TryGetValue(name, out var value) ? value as string : null;

    public void SetField(string? value) => _field = value;

    public string? GetField() => _field;

    public Values EchoValues(Values values) => values;

    /// <summary>To whatever protocol that connection speaks.</summary>
    public Task SendValues(string connectionId, Values values) => Clients.Client(connectionId).SendAsync("Values", values);

    [HubMethodName("renamed")]
    public string Original() => "renamed";

    public string TwoArguments(int a, string b) => $"{a}:{b}";

    public int WithDefault(int a, int b = 2) => a + b;

    public void VoidMethod()
    {
    }

    public Task TaskMethod() => Task.CompletedTask;

    public Unserializable ReturnUnserializable() => new();

    public void ThrowEmptyMessage() => throw new InvalidOperationException("");

    public void ThrowSubclassedHubException(string message) => throw new ProbeHubException(message);

    [Authorize(Roles = "admin")]
    public string Guarded() => "guarded";

    [Authorize(Roles = "admin")]
    public IAsyncEnumerable<string> GuardedStream() => AsyncEnumerable.Repeat("guarded", 1);

    public async Task BlockUntilReleased(string key)
    {
        journal.Record(key, "blocked");
        await gates.WaitAsync(key);
        journal.Record(key, "released");
    }

    public void Release(string key) => gates.Release(key);

    public async Task<int> SendThenReturn(int count)
    {
        for (var number = 0; number < count; number++)
        {
            await Clients.Caller.SendAsync("Message", number);
        }
        return count;
    }

    public async Task<int> AskUntilReleased(string key)
    {
        using var source = new CancellationTokenSource();
        var answer = Clients.Caller.InvokeAsync<int>("Ask", 0, source.Token);
        await gates.WaitAsync(key);
        await source.CancelAsync();
        return await answer;
    }
}

public sealed class ProbeHubException(string message) : HubException(message);

/// <summary>Fails in both protocols alike; a cyclic object would end an ASP.NET Core process under MessagePack.</summary>
public sealed class Unserializable
{
    public string Value
    {
        get => throw new NotSupportedException("This value cannot be serialized.");
        // MessagePack leaves out what it could not read back.
        set => throw new NotSupportedException("This value cannot be deserialized.");
    }
}
