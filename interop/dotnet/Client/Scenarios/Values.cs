using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>Values that JavaScript has no type of its own for: big integers, ticks, and dictionaries whose keys are no texts.</summary>
public static class Values
{
    private static readonly ValuesObject[] Samples =
    [
        new() { Long = 9007199254740993, UnsignedLong = ulong.MaxValue },
        new() { Long = long.MaxValue, UnsignedLong = 9007199254740992 },
        new() { Long = long.MinValue, UnsignedLong = 9007199254740991 },
        new() { Long = -9007199254740993 },
        new()
        {
            Times =
            [
                Utc(638448068961234567),
                Utc(630822816000000000),
                Utc(630822816001200000),
                Utc(DateTime.UnixEpoch.Ticks - 1),
                Utc(DateTime.UnixEpoch.Ticks - 12_345_678),
                Utc(DateTime.MinValue.Ticks),
                Utc(DateTime.MaxValue.Ticks),
            ],
        },
        new() { Numbers = new() { [1] = "one", [int.MaxValue] = "many", [-2] = "minus two" } },
        new() { Numbers = [] },
        new() { Flags = new() { [true] = "yes", [false] = "no" } },
        new() { Days = new() { [Utc(630822816000000000)] = 0.5, [Utc(638448068961234567)] = 1e17 } },
    ];

    public static readonly Scenario[] Scenarios =
    [
        new("a value comes back with every digit and every key", async stage =>
        {
            var connection = await stage.ConnectAsync("probe");
            foreach (var values in Samples)
            {
                Expect.Equal(values, await connection.InvokeAsync<ValuesObject>("EchoValues", values));
            }
        }),
        new("a value reaches a client of the same protocol as it is", async stage =>
        {
            var sender = await stage.ConnectAsync("probe");
            var receiver = await stage.ConnectAsync("probe");
            await ExpectToArriveAsync(sender, receiver);
        }),
        // A text that came in JSON stays a text: the other way round nobody knows that it is a time.
        new("a value from MessagePack reaches a client that speaks JSON", async stage =>
        {
            var sender = await stage.ConnectAsync("probe", hub: builder => builder.AddMessagePackProtocol());
            var receiver = await stage.ConnectAsync("probe");
            await ExpectToArriveAsync(sender, receiver);
        })
        {
            Transports = HttpTransportType.WebSockets,
        },
    ];

    private static async Task ExpectToArriveAsync(HubConnection sender, HubConnection receiver)
    {
        var received = new Inbox<ValuesObject>(receiver, "Values");
        foreach (var values in Samples)
        {
            await sender.InvokeAsync("SendValues", receiver.ConnectionId, values);
            Expect.Equal(values, await received.NextAsync());
        }
    }

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}

public sealed class ValuesObject
{
    public long Long { get; set; }
    public ulong UnsignedLong { get; set; }
    public DateTime[]? Times { get; set; }
    public Dictionary<int, string>? Numbers { get; set; }
    public Dictionary<bool, string>? Flags { get; set; }
    public Dictionary<DateTime, double>? Days { get; set; }
}
