using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop;

/// <summary>Every kind of target, for the benchmarks and the tests of mixed clusters.</summary>
public sealed class BenchHub : Hub
{
    public string? Echo(string? message) => message;

    public int Add(int a, int b) => a + b;

    public Task Broadcast(string? message) => Send(Clients.All, message);

    public Task BroadcastOthers(string? message) => Send(Clients.Others, message);

    public Task BroadcastExcept(string[] connectionIds, string? message) => Send(Clients.AllExcept(connectionIds), message);

    public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);

    public Task Leave(string group) => Groups.RemoveFromGroupAsync(Context.ConnectionId, group);

    public Task JoinConnection(string connectionId, string group) => Groups.AddToGroupAsync(connectionId, group);

    public Task LeaveConnection(string connectionId, string group) => Groups.RemoveFromGroupAsync(connectionId, group);

    public Task SendGroup(string group, string? message) => Send(Clients.Group(group), message);

    public Task SendGroups(string[] groups, string? message) => Send(Clients.Groups(groups), message);

    public Task SendGroupExcept(string group, string[] connectionIds, string? message) =>
        Send(Clients.GroupExcept(group, connectionIds), message);

    public Task SendOthersInGroup(string group, string? message) => Send(Clients.OthersInGroup(group), message);

    public Task SendUser(string user, string? message) => Send(Clients.User(user), message);

    public Task SendUsers(string[] users, string? message) => Send(Clients.Users(users), message);

    public Task SendConnection(string connectionId, string? message) => Send(Clients.Client(connectionId), message);

    public Task SendConnections(string[] connectionIds, string? message) => Send(Clients.Clients(connectionIds), message);

    public Task<int> AskConnection(string connectionId, int number) =>
        Clients.Client(connectionId).InvokeAsync<int>("Ask", number, CancellationToken.None);

    public async IAsyncEnumerable<int> Counter(int count, [EnumeratorCancellation] CancellationToken canceled)
    {
        for (var number = 0; number < count && !canceled.IsCancellationRequested; number++)
        {
            yield return number;
        }
    }

    public ValueTask<long> Sum(IAsyncEnumerable<long> numbers) => numbers.SumAsync();

    public Identity WhoAmI() => new(Context.ConnectionId, Context.UserIdentifier, "dotnet");

    private static Task Send(IClientProxy target, string? message) => target.SendAsync("Message", message);
}

public sealed record Identity(string ConnectionId, string? UserIdentifier, string Server);
