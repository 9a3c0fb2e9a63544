using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop;

/// <summary>What the functional tests of the official clients call.</summary>
public sealed class TestHub(IHubContext<TestHub> hubContext) : Hub
{
    public string? Echo(string? message) => message;

    public string GetCallerConnectionId() => Context.ConnectionId;

    public int GetNumRedirects() => int.Parse(Request.Query["numRedirects"].ToString(), CultureInfo.InvariantCulture);

    public void ThrowException(string message) => throw new InvalidOperationException(message);

    public void ThrowHubException(string message) => throw new HubException(message);

    public Task InvokeWithString(string? message) => Clients.Caller.SendAsync("Message", message);

    public Task SendCustomObject(CustomObject customObject) => Clients.Caller.SendAsync("CustomObject", customObject);

    public async IAsyncEnumerable<string> Stream()
    {
        yield return "a";
        await Task.Yield();
        yield return "b";
        yield return "c";
    }

    public IAsyncEnumerable<string> EmptyStream() => AsyncEnumerable.Empty<string>();

    public IAsyncEnumerable<string> StreamThrowException(string message) => throw new InvalidOperationException(message);

    public async IAsyncEnumerable<int> StreamThenThrow(string message)
    {
        yield return 1;
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public async IAsyncEnumerable<int> InfiniteStream([EnumeratorCancellation] CancellationToken canceled)
    {
        var caller = hubContext.Clients.Client(Context.ConnectionId);
        try
        {
            await Task.Delay(Timeout.Infinite, canceled);
        }
        catch (OperationCanceledException)
        {
            await caller.SendAsync("StreamCanceled", CancellationToken.None);
        }
        yield break;
    }

    public async Task<string> StreamingConcat(IAsyncEnumerable<string> stream) => string.Concat(await stream.ToListAsync());

    public string GetActiveTransportName() => Context.Features.GetRequiredFeature<IHttpTransportFeature>().TransportType.ToString();

    public ComplexObject EchoComplexObject(ComplexObject complexObject) => complexObject;

    public ComplexObject SendComplexObject() => ComplexObject.Sample;

    public string? GetHeader(string name) => Request.Headers[name];

    public string? GetContentTypeHeader() => Request.ContentType;

    public string? GetCookie(string name) => Request.Cookies[name];

    public void Abort() => Context.Abort();

    public Task Wait(int milliseconds) => Task.Delay(milliseconds);

    public Task<int> AskCaller(int number) => Clients.Caller.InvokeAsync<int>("Ask", number, CancellationToken.None);

    private HttpRequest Request => Context.GetHttpContext()!.Request;
}
