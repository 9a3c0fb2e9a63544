using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>
/// Who gets what. Three connections; after the send under test each is sent an end marker, so that "did not get it" needs no waiting.
/// </summary>
public static class Targets
{
    public static readonly Scenario[] Scenarios =
    [
        Sending("All reaches everyone", ["a", "b", "c"], (a, _, _) => a.InvokeAsync("Broadcast", "hello")),
        Sending("Others leaves out the caller", ["b", "c"], (a, _, _) => a.InvokeAsync("BroadcastOthers", "hello")),
        Sending("AllExcept leaves out the connections named", ["a", "c"],
            (a, b, _) => a.InvokeAsync("BroadcastExcept", new[] { b.ConnectionId }, "hello")),
        Sending("Client reaches that connection", ["b"],
            (a, b, _) => a.InvokeAsync("SendConnection", b.ConnectionId, "hello")),
        // No id twice: in one process that is still one copy, over Redis it is two.
        Sending("Clients reaches those connections", ["b", "c"],
            (a, b, c) => a.InvokeAsync("SendConnections", new[] { b.ConnectionId, c.ConnectionId }, "hello")),
        Sending("Client of an unknown connection reaches nobody", [],
            (a, _, _) => a.InvokeAsync("SendConnection", "nobody", "hello")),
        Sending("User reaches every connection of that user", ["b", "c"],
            (a, _, _) => a.InvokeAsync("SendUser", "two", "hello")),
        Sending("Users reaches every connection of those users", ["a", "b", "c"],
            (a, _, _) => a.InvokeAsync("SendUsers", new[] { "one", "two" }, "hello")),
        Sending("Group reaches its members", ["a", "b"], async (a, b, _) =>
        {
            await Join("g", a, b);
            await a.InvokeAsync("SendGroup", "g", "hello");
        }),
        Sending("a group's name is case-sensitive", [], async (a, b, _) =>
        {
            await Join("g", a, b);
            await a.InvokeAsync("SendGroup", "G", "hello");
        }),
        Sending("Groups reaches a member of two of them twice", ["a", "b", "b"], async (a, b, _) =>
        {
            await Join("g", a, b);
            await Join("h", b);
            await a.InvokeAsync("SendGroups", new[] { "g", "h" }, "hello");
        }),
        Sending("GroupExcept leaves out the connections named", ["b"], async (a, b, _) =>
        {
            await Join("g", a, b);
            await a.InvokeAsync("SendGroupExcept", "g", new[] { a.ConnectionId }, "hello");
        }),
        Sending("OthersInGroup leaves out the caller", ["b"], async (a, b, _) =>
        {
            await Join("g", a, b);
            await a.InvokeAsync("SendOthersInGroup", "g", "hello");
        }),
        Sending("a connection that left a group gets no more of it", ["a"], async (a, b, _) =>
        {
            await Join("g", a, b);
            await b.InvokeAsync("Leave", "g");
            await a.InvokeAsync("SendGroup", "g", "hello");
        }),
        Sending("a connection can put another into a group and take it out", ["c"], async (a, b, c) =>
        {
            await a.InvokeAsync("JoinConnection", b.ConnectionId, "g");
            await a.InvokeAsync("JoinConnection", c.ConnectionId, "g");
            await a.InvokeAsync("LeaveConnection", b.ConnectionId, "g");
            await a.InvokeAsync("SendGroup", "g", "hello");
        }),
        new("a connection knows its user", async stage =>
        {
            var connection = await stage.ConnectAsync("bench?user=one");
            var identity = await connection.InvokeAsync<Identity>("WhoAmI");
            Expect.Equal(connection.ConnectionId, identity.ConnectionId);
            Expect.Equal("one", identity.UserIdentifier);
        }),
    ];

    private static Scenario Sending(string sentence, string[] receivers, Func<HubConnection, HubConnection, HubConnection, Task> send) =>
        new(sentence, async stage =>
        {
            const string End = "end";
            var a = await stage.ConnectAsync("bench?user=one");
            var b = await stage.ConnectAsync("bench?user=two");
            var c = await stage.ConnectAsync("bench?user=two");
            var inboxes = new[] { ("a", Messages(a)), ("b", Messages(b)), ("c", Messages(c)) };

            await send(a, b, c);
            await a.InvokeAsync("SendConnections", new[] { a.ConnectionId, b.ConnectionId, c.ConnectionId }, End);

            var got = new List<string>();
            foreach (var (name, inbox) in inboxes)
            {
                for (var message = await inbox.NextAsync(); message != End; message = await inbox.NextAsync())
                {
                    Expect.Equal("hello", message);
                    got.Add(name);
                }
            }
            Expect.Equal(receivers.ToList(), got);
        });

    private static Inbox<string> Messages(HubConnection connection) => new(connection, "Message");

    private static async Task Join(string group, params HubConnection[] members)
    {
        foreach (var member in members)
        {
            await member.InvokeAsync("Join", group);
        }
    }
}

public sealed class Identity
{
    public string? ConnectionId { get; set; }
    public string? UserIdentifier { get; set; }
    public string? Server { get; set; }
}
