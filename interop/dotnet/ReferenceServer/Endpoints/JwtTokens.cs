using Signalbox.Interop.Configuration;

namespace Signalbox.Interop.Endpoints;

public static class JwtTokens
{
    private const string DefaultUser = "testuser";
    private const int DefaultLifetimeSeconds = 5;

    public static void MapJwtTokens(this WebApplication app) =>
        app.MapGet("/generateJwtToken", (string? user, int? seconds, string? role) =>
            BearerTokens.Issue(user ?? DefaultUser, seconds ?? DefaultLifetimeSeconds, role));
}
