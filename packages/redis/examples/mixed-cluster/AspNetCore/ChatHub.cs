using Microsoft.AspNetCore.SignalR;

// Namespace and class are the hub's name on Redis: Chat.Hubs.ChatHub.
namespace Chat.Hubs;

public sealed class ChatHub : Hub
{
    public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public Task Invite(string connectionId, string room) => Groups.AddToGroupAsync(connectionId, room);

    public Task Say(string room, string name, string text) =>
        Clients.Group(room).SendAsync("Said", name, $"{text} (over ASP.NET Core)");

    public Task<string> Ask(string connectionId, string question) =>
        Clients.Client(connectionId).InvokeAsync<string>("Answer", question, Context.ConnectionAborted);
}
