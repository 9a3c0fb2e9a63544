using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;

namespace Signalbox.Interop.Configuration;

/// <summary>
/// On the open test hubs a client names its user in the query, so that user sends can be tested without tokens. Elsewhere the user
/// is the authenticated one, as in ASP.NET Core's default provider.
/// </summary>
public sealed class QueryUserIdProvider : IUserIdProvider
{
    private static readonly PathString[] OpenHubs = ["/bench", "/probe"];

    public string? GetUserId(HubConnectionContext connection)
    {
        var request = connection.GetHttpContext()?.Request;
        if (request is not null && OpenHubs.Any(hub => request.Path.StartsWithSegments(hub)) && request.Query["user"] is [{ } user, ..])
        {
            return user;
        }
        return connection.User.FindFirstValue(ClaimTypes.NameIdentifier);
    }
}
