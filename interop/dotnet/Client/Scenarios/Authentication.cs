using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

public static class Authentication
{
    public static readonly Scenario[] Scenarios =
    [
        new("a guarded hub lets a token in and knows its user", async session =>
        {
            var token = await TokenAsync(session, "user=ann&seconds=60");
            var connection = await session.ConnectAsync("authorizedhub", http => http.AccessTokenProvider = () => Task.FromResult<string?>(token));
            Expect.Equal("hello", await connection.InvokeAsync<string>("Echo", "hello"));
            Expect.Equal("ann", await connection.InvokeAsync<string?>("GetUserNameIdentifier"));
            Expect.Equal("ann", await connection.InvokeAsync<string?>("GetUserClaim", ClaimTypes.NameIdentifier));
        }) { DependsOnProtocol = false },
        new("a guarded hub refuses a client without token", async session =>
        {
            var error = await Expect.Throws<HttpRequestException>(() => session.ConnectAsync("authorizedhub"));
            Expect.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        }) { DependsOnProtocol = false },
        new("a guarded hub refuses an expired token", async session =>
        {
            var token = await TokenAsync(session, "seconds=-60");
            var error = await Expect.Throws<HttpRequestException>(
                () => session.ConnectAsync("authorizedhub", http => http.AccessTokenProvider = () => Task.FromResult<string?>(token)));
            Expect.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        }) { DependsOnProtocol = false },
    ];

    private static Task<string> TokenAsync(Session session, string query) =>
        session.Http.GetStringAsync(new Uri(session.Url, $"generateJwtToken?{query}"));
}
