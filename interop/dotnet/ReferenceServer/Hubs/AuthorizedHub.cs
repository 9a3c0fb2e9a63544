using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Signalbox.Interop.Configuration;

namespace Signalbox.Interop;

[Authorize(BearerTokens.NamedUserPolicy)]
public sealed class AuthorizedHub : Hub
{
    public string? Echo(string? message) => message;

    public string? GetUserNameIdentifier() => Context.UserIdentifier;

    public string? GetUserClaim(string type) => Context.User?.FindFirst(type)?.Value;
}
