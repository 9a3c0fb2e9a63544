using System.Globalization;
using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop.Endpoints;

/// <summary>Asks a client from outside any hub method; the client's error text is an answer too.</summary>
public static class ClientResult
{
    public static void MapClientResult(this WebApplication app) =>
        app.MapGet("/clientresult/{connectionId}", async (string connectionId, IHubContext<TestHub> hub, CancellationToken aborted) =>
        {
            try
            {
                var answer = await hub.Clients.Client(connectionId).InvokeAsync<int>("Result", aborted);
                return answer.ToString(CultureInfo.InvariantCulture);
            }
            catch (Exception error)
            {
                return error.Message;
            }
        });
}
