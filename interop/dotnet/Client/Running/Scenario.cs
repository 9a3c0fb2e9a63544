using Microsoft.AspNetCore.Http.Connections;
using Signalbox.Interop.Client.Connecting;

namespace Signalbox.Interop.Client.Running;

/// <summary>A sentence about the server, and how the official client finds out whether it holds.</summary>
public sealed record Scenario(string Sentence, Func<Stage, Task> Run)
{
    private static readonly (HttpTransportType Transport, string Protocol)[] All =
    [
        (HttpTransportType.WebSockets, "json"),
        (HttpTransportType.WebSockets, "messagepack"),
        // Server-Sent Events carry text only.
        (HttpTransportType.ServerSentEvents, "json"),
        (HttpTransportType.LongPolling, "json"),
        (HttpTransportType.LongPolling, "messagepack"),
    ];

    /// <summary>Where the scenario makes sense: on every transport unless said otherwise.</summary>
    public HttpTransportType Transports { get; init; } =
        HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;

    /// <summary>False for what happens below the hub protocol: once per transport is enough.</summary>
    public bool DependsOnProtocol { get; init; } = true;

    public IEnumerable<Variant> Variants() =>
        from pair in All
        where Transports.HasFlag(pair.Transport) && (DependsOnProtocol || pair.Protocol == "json")
        select new Variant(this, pair.Transport, pair.Protocol);
}

public sealed record Variant(Scenario Scenario, HttpTransportType Transport, string Protocol)
{
    public string Name => $"{Transport}/{Protocol}: {Scenario.Sentence}";
}
