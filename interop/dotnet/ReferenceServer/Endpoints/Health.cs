using Signalbox.Interop.Configuration;

namespace Signalbox.Interop.Endpoints;

public static class Health
{
    public static void MapHealth(this WebApplication app) => app.MapGet("/health", async (Readiness readiness) =>
        Results.StatusCode(await readiness.IsReadyAsync() ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable));
}
