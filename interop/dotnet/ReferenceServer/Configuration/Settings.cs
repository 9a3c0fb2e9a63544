using System.Globalization;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using WebSocketOptions = Microsoft.AspNetCore.Builder.WebSocketOptions;

namespace Signalbox.Interop.Configuration;

/// <summary>
/// What <c>--set option=value</c> changes. The names are those of the TypeScript server, so that one test can start either server;
/// each is translated here to the ASP.NET Core option of the same meaning and holds for all hubs and endpoints.
/// </summary>
public sealed class Settings
{
    private static readonly Dictionary<string, Action<Settings, string>> Known = new(StringComparer.Ordinal)
    {
        ["keepAliveIntervalMs"] = Hub(Milliseconds, (o, time) => o.KeepAliveInterval = time),
        ["clientTimeoutIntervalMs"] = Hub(Milliseconds, (o, time) => o.ClientTimeoutInterval = time),
        ["handshakeTimeoutMs"] = Hub(Milliseconds, (o, time) => o.HandshakeTimeout = time),
        ["maximumReceiveMessageSizeBytes"] = Hub(NullableInteger, (o, size) => o.MaximumReceiveMessageSize = size),
        ["enableDetailedErrors"] = Hub(Boolean, (o, on) => o.EnableDetailedErrors = on),
        ["streamBufferCapacityItems"] = Hub(Integer, (o, number) => o.StreamBufferCapacity = number),
        ["maximumParallelInvocationsPerClient"] = Hub(Integer, (o, number) => o.MaximumParallelInvocationsPerClient = number),
        ["statefulReconnectBufferSizeBytes"] = Hub(Integer, (o, number) => o.StatefulReconnectBufferSize = number),
        ["disconnectTimeoutMs"] = Connection(Milliseconds, (o, time) => o.DisconnectTimeout = time),
        ["transports"] = Endpoint(Transports, (o, some) => o.Transports &= some),
        ["transportSendTimeoutMs"] = Endpoint(Milliseconds, (o, time) => o.TransportSendTimeout = time),
        ["longPollingPollTimeoutMs"] = Endpoint(Milliseconds, (o, time) => o.LongPolling.PollTimeout = time),
        ["webSocketsCloseTimeoutMs"] = Endpoint(Milliseconds, (o, time) => o.WebSockets.CloseTimeout = time),
        ["minimumProtocolVersion"] = Endpoint(Integer, (o, number) => o.MinimumProtocolVersion = number),
        ["applicationMaxBufferSizeBytes"] = Endpoint(Integer, (o, number) => o.ApplicationMaxBufferSize = number),
        ["transportMaxBufferSizeBytes"] = Endpoint(Integer, (o, number) => o.TransportMaxBufferSize = number),
        ["closeOnAuthenticationExpiration"] = Endpoint(Boolean, (o, on) => o.CloseOnAuthenticationExpiration = on),
        ["allowedOrigins"] = (s, v) => Array.ForEach(Split(v), s.WebSockets.AllowedOrigins.Add),
        ["cors"] = (s, v) => s.Cors = OnOrOff(v),
    };

    private Action<HubOptions> _hubs = o => o.EnableDetailedErrors = true;
    private Action<HttpConnectionDispatcherOptions> _endpoints = _ => { };
    private Action<ConnectionOptions> _connections = _ => { };

    public bool Cors { get; private set; } = true;
    public WebSocketOptions WebSockets { get; } = new();

    public void ApplyToHubs(HubOptions options) => _hubs(options);
    public void ApplyToEndpoint(HttpConnectionDispatcherOptions options) => _endpoints(options);
    public void ApplyToConnections(ConnectionOptions options) => _connections(options);

    public void Set(string name, string value)
    {
        if (!Known.TryGetValue(name, out var apply))
        {
            throw new FormatException($"Unknown option '{name}'. Known: {string.Join(", ", Known.Keys)}.");
        }
        try
        {
            apply(this, value);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new FormatException($"{name}={value}: {error.Message}", error);
        }
    }

    private static Action<Settings, string> Hub<T>(Func<string, T> parse, Action<HubOptions, T> apply) => (settings, text) =>
    {
        var value = parse(text);
        settings._hubs += options => apply(options, value);
    };

    private static Action<Settings, string> Endpoint<T>(Func<string, T> parse, Action<HttpConnectionDispatcherOptions, T> apply) =>
        (settings, text) =>
        {
            var value = parse(text);
            settings._endpoints += options => apply(options, value);
        };

    private static Action<Settings, string> Connection<T>(Func<string, T> parse, Action<ConnectionOptions, T> apply) =>
        (settings, text) =>
        {
            var value = parse(text);
            settings._connections += options => apply(options, value);
        };

    private static int Integer(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static int? NullableInteger(string text) => text == "null" ? null : Integer(text);

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(Integer(text));

    private static bool Boolean(string text) => bool.Parse(text);

    private static bool OnOrOff(string text) => text switch
    {
        "on" => true,
        "off" => false,
        _ => throw new FormatException($"'{text}' is neither on nor off."),
    };

    private static string[] Split(string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static HttpTransportType Transports(string list) => Split(list).Aggregate(
        HttpTransportType.None,
        (all, name) => Enum.TryParse<HttpTransportType>(name, ignoreCase: true, out var one)
            ? all | one
            : throw new FormatException($"'{name}' is not a transport."));
}
