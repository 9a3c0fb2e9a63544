using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>Types that each protocol writes in its own way: bytes, times, Guids, and whole objects.</summary>
public static class Objects
{
    public static readonly Scenario[] Scenarios =
    [
        new("an object sent by the server has all its values", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal(Sample, await connection.InvokeAsync<ComplexObject>("SendComplexObject"));
        }),
        new("an object comes back as sent", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal(Sample, await connection.InvokeAsync<ComplexObject>("EchoComplexObject", Sample));
        }),
        new("an object goes through to a client method", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            var objects = new Inbox<CustomObject>(connection, "CustomObject");
            var sent = new CustomObject { Name = "answer", Value = 42 };
            await connection.InvokeAsync("SendCustomObject", sent);
            Expect.Equal(sent, await objects.NextAsync());
        }),
    ];

    private static readonly ComplexObject Sample = new()
    {
        ByteArray = [1, 2, 3],
        DateTime = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        Guid = new Guid("00010203-0405-0607-0706-050403020100"),
        IntArray = [1, 2, 3],
        String = "hello world",
    };
}

public sealed class CustomObject
{
    public string? Name { get; set; }
    public int Value { get; set; }
}

public sealed class ComplexObject
{
    public byte[]? ByteArray { get; set; }
    public DateTime DateTime { get; set; }
    public Guid Guid { get; set; }
    public int[]? IntArray { get; set; }
    public string? String { get; set; }
}
