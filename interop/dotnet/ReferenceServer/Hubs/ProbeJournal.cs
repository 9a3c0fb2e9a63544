using System.Collections.Concurrent;

namespace Signalbox.Interop;

/// <summary>What happened on the server, by the key that the test chose: a client cannot see the end of its own connection.</summary>
public sealed class ProbeJournal
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _events = new();

    public void Record(string key, string what) => _events.GetOrAdd(key, _ => new()).Enqueue(what);

    public string[] Read(string key) => _events.TryGetValue(key, out var events) ? [.. events] : [];

    /// <summary><c>disconnected:null</c>, <c>failed:HubException:bye</c> and the like.</summary>
    public static string Describe(string what, Exception? error) =>
        error is null ? $"{what}:null" : $"{what}:{error.GetType().Name}:{error.Message}";
}
