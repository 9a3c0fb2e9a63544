using System.Collections.Concurrent;

namespace Signalbox.Interop;

/// <summary>Lets one connection hold a hub method until another releases it, so that no test depends on time.</summary>
public sealed class ProbeGates
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    public Task WaitAsync(string key) => Gate(key).Task;

    public void Release(string key) => Gate(key).TrySetResult();

    private TaskCompletionSource Gate(string key) =>
        _gates.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
