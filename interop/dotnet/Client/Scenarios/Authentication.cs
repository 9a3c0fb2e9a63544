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
        new("a guarded hub lets a token in and knows its user", async stage =>
        {
            var token = await TokenAsync(stage, "user=ann&seconds=60");
            var connection = await stage.ConnectAsync("authorizedhub", http => http.AccessTokenProvider = Always(token));
            Expect.Equal("hello", await connection.InvokeAsync<string>("Echo", "hello"));
            Expect.Equal("ann", await connection.InvokeAsync<string?>("GetUserNameIdentifier"));
            Expect.Equal("ann", await connection.InvokeAsync<string?>("GetUserClaim", ClaimTypes.NameIdentifier));
        }) { DependsOnProtocol = false },
        new("a guarded hub refuses a client without token", async stage =>
        {
            var error = await Expect.Throws<HttpRequestException>(() => stage.ConnectAsync("authorizedhub"));
            Expect.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        }) { DependsOnProtocol = false },
        new("a guarded hub refuses an expired token", async stage =>
        {
            var token = await TokenAsync(stage, "seconds=-60");
            var error = await Expect.Throws<HttpRequestException>(
                () => stage.ConnectAsync("authorizedhub", http => http.AccessTokenProvider = Always(token)));
            Expect.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        }) { DependsOnProtocol = false },
    ];

    private static Func<Task<string?>> Always(string token) => () => Task.FromResult<string?>(token);

    private static Task<string> TokenAsync(Stage stage, string query) =>
        stage.Http.GetStringAsync(new Uri(stage.Url, $"generateJwtToken?{query}"));
}
