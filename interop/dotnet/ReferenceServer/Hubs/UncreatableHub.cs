using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop;

public sealed class UncreatableHub : Hub
{
    // The text that the functional tests of the official TypeScript client expect.
    private const string Message =
        "Unable to resolve service for type 'System.Object' while attempting to activate 'FunctionalTests.UncreatableHub'.";

    public UncreatableHub() => throw new InvalidOperationException(Message);
}
