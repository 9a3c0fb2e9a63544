using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Signalbox.Interop.ClusterClients;

/// <summary>One client on BenchHub, over WebSockets. What it answers to <c>Ask</c> is said in interop/src/cluster/cluster-client.ts.</summary>
internal sealed class ClusterClient
{
    private const int Unlucky = 13;
    private const int LeaveNow = -1;

    private readonly HubConnection _connection;

    public ClusterClient(string url, string protocol)
    {
        var builder = new HubConnectionBuilder().WithUrl(url, HttpTransportType.WebSockets);
        if (protocol == "messagepack")
        {
            builder.AddMessagePackProtocol();
        }
        _connection = builder.Build();
        _connection.On<int, int>("Ask", AnswerAsync);
    }

    public void OnMessage(Action<string> receive) => _connection.On("Message", receive);

    public async Task<string?> StartAsync()
    {
        await _connection.StartAsync();
        return _connection.ConnectionId;
    }

    public Task<object?> InvokeAsync(string method, JsonElement[] arguments) =>
        _connection.InvokeCoreAsync<object?>(method, Array.ConvertAll(arguments, ToArgument));

    public async Task<object?> StopAsync()
    {
        await _connection.DisposeAsync();
        return null;
    }

    private async Task<int> AnswerAsync(int number)
    {
        if (number == LeaveNow)
        {
            // Not awaited, since stopping waits for this method in its turn.
            _ = _connection.StopAsync();
            await Task.Delay(Timeout.Infinite);
        }
        return number == Unlucky ? throw new InvalidOperationException("unlucky") : 2 * number;
    }

    private static object? ToArgument(JsonElement argument) => argument.ValueKind switch
    {
        JsonValueKind.Number => argument.GetInt32(),
        JsonValueKind.Array => argument.Deserialize<string[]>(),
        _ => argument.GetString(),
    };
}
