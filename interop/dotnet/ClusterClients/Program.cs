using System.Collections.Concurrent;
using System.Text.Json;
using Signalbox.Interop.ClusterClients;

// Microsoft's .NET client for tests in another language: as many clients as wanted, told what to do by a line of JSON each on stdin.
// interop/src/cluster/dotnet-clients.ts is the other end. An answer is {id, result} or {id, error}; what a client is sent, {client, message}.
var clients = new ConcurrentDictionary<int, ClusterClient>();
var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);

while (await Console.In.ReadLineAsync() is { } line)
{
    _ = AnswerAsync(JsonSerializer.Deserialize<Command>(line, options)!);
}

async Task AnswerAsync(Command command)
{
    try
    {
        Print(new { command.Id, Result = await ExecuteAsync(command) });
    }
    catch (Exception error)
    {
        Print(new { command.Id, Error = error.Message });
    }
}

async Task<object?> ExecuteAsync(Command command)
{
    switch (command.Action)
    {
        case "connect":
            var client = clients[command.Client] = new ClusterClient(command.Url!, command.Protocol!);
            client.OnMessage(message => Print(new { command.Client, Message = message }));
            return await client.StartAsync();
        case "invoke":
            return await clients[command.Client].InvokeAsync(command.Method!, command.Args!);
        case "stop":
            return clients.TryRemove(command.Client, out var leaving) ? await leaving.StopAsync() : null;
        default:
            throw new InvalidOperationException($"Unknown action {command.Action}.");
    }
}

void Print(object answer) => Console.WriteLine(JsonSerializer.Serialize(answer, options));

internal sealed record Command(
    int Id, int Client, string Action, string? Url, string? Protocol, string? Method, JsonElement[]? Args);
