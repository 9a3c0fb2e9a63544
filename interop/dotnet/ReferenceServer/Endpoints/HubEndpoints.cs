using Microsoft.AspNetCore.Http.Connections;
using Signalbox.Interop.Configuration;

namespace Signalbox.Interop.Endpoints;

public static class HubEndpoints
{
    public static void MapHubs(this WebApplication app, Settings settings)
    {
        app.MapHub<TestHub>("/testhub", endpoint =>
        {
            endpoint.AllowStatefulReconnects = true;
            settings.ApplyToEndpoint(endpoint);
        });
        app.MapHub<TestHub>("/testhub-nowebsockets", endpoint =>
        {
            endpoint.Transports = HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;
            settings.ApplyToEndpoint(endpoint);
        });
        app.MapHub<ProbeHub>("/probe", endpoint =>
        {
            endpoint.AllowStatefulReconnects = true;
            settings.ApplyToEndpoint(endpoint);
        });
        app.MapHub<AuthorizedHub>("/authorizedhub", settings.ApplyToEndpoint);
        app.MapHub<UncreatableHub>("/uncreatable", settings.ApplyToEndpoint);
        app.MapHub<BenchHub>("/bench", endpoint =>
        {
            endpoint.AllowStatefulReconnects = true;
            settings.ApplyToEndpoint(endpoint);
        });
        app.MapConnectionHandler<EchoConnectionHandler>("/echo", settings.ApplyToEndpoint);
    }
}
