using System.Net;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Connecting;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>
/// Credentials that a client renews while its connection lives. Needs the client of .NET 11 and a server that has what .NET 11 brought;
/// that of the tests is interop/src/dotnet/refreshing-server.ts.
/// </summary>
public static class AuthenticationRefreshes
{
    public static readonly Scenario[] Scenarios =
    [
        new("a client refreshes by itself before its token expires, and its connection outlives it", async stage =>
        {
            const string first = "user=ann&seconds=4&role=user";
            var token = first;
            var connection = await ConnectAsync(stage, "refreshing", () => token);
            var refreshed = RefreshOf(connection);
            var told = new Inbox<string>(connection, "Refreshed");
            Expect.Equal("ann user", await connection.InvokeAsync<string>("Who"));
            // The same token, but never refreshed: once its connection has been closed, that of the other would have been as well.
            var stale = await ConnectAsync(stage, "refreshing", () => first, isAutomatic: false);
            var closed = EndOf(stale);
            token = "user=ann&seconds=60&role=admin";

            var lifetime = (await refreshed).NewTokenLifetime;
            Expect.True(lifetime > TimeSpan.FromSeconds(50), $"a lifetime near 60 s, got {lifetime}");
            Expect.Equal("ann admin", await told.NextAsync());
            await closed;
            Expect.Equal("ann admin", await connection.InvokeAsync<string>("Who"));
            Expect.Equal(HubConnectionState.Connected, connection.State);
        }) { DependsOnProtocol = false },
        new("a client that refreshes when it likes is told the new lifetime, and the hub of the new claims", async stage =>
        {
            var role = "user";
            var connection = await ConnectAsync(stage, "refreshing", () => $"user=ann&seconds=60&role={role}", isAutomatic: false);
            var told = new Inbox<string>(connection, "Refreshed");
            var error = await Expect.Throws<HubException>(() => connection.InvokeAsync("Ban"));
            Expect.True(error.Message.EndsWith("user is unauthorized"), $"to be unauthorized, got {error.Message}");

            role = "admin";
            var lifetime = await connection.RefreshAuthenticationAsync();
            Expect.True(lifetime > TimeSpan.FromSeconds(50), $"a lifetime near 60 s, got {lifetime}");
            Expect.Equal("ann admin", await told.NextAsync());
            await connection.InvokeAsync("Ban");
        }) { DependsOnProtocol = false },
        new("a refresh that the application refuses fails, and the connection goes on as it was", async stage =>
        {
            var role = "user";
            var connection = await ConnectAsync(stage, "refreshing", () => $"user=ann&seconds=60&role={role}", isAutomatic: false);
            role = "refused";
            var failure = FailureOf(connection);
            await ExpectRefusal(connection, HttpStatusCode.Forbidden);
            Expect.True(await failure is HttpRequestException, "the event of the failure to tell its cause");
            role = "user";
            await ExpectConnected(connection, "ann user");
        }) { DependsOnProtocol = false },
        new("a refresh by another user is refused", async stage =>
        {
            var user = "ann";
            var connection = await ConnectAsync(stage, "refreshing", () => $"user={user}&seconds=60&role=user", isAutomatic: false);
            user = "bob";
            await ExpectRefusal(connection, HttpStatusCode.Forbidden);
            user = "ann";
            await ExpectConnected(connection, "ann user");
        }) { DependsOnProtocol = false },
        new("a refresh with a token that has expired is refused", async stage =>
        {
            var seconds = 60;
            var connection = await ConnectAsync(stage, "refreshing", () => $"user=ann&seconds={seconds}&role=user", isAutomatic: false);
            seconds = -60;
            await ExpectRefusal(connection, HttpStatusCode.Unauthorized);
            seconds = 60;
            await ExpectConnected(connection, "ann user");
        }) { DependsOnProtocol = false },
        new("a hub without refresh refuses one, and tells no lifetime for a client to go by", async stage =>
        {
            var connection = await ConnectAsync(stage, "not-refreshing", () => "user=ann&seconds=2&role=user");
            var closed = EndOf(connection);
            var refreshes = 0;
            connection.AuthenticationRefreshed += _ =>
            {
                refreshes++;
                return Task.CompletedTask;
            };
            var failure = FailureOf(connection);
            await ExpectRefusal(connection, HttpStatusCode.NotFound);
            await failure;
            await closed;
            Expect.Equal(0, refreshes);
        }) { DependsOnProtocol = false },
    ];

    private static Task<HubConnection> ConnectAsync(Stage stage, string hub, Func<string> token, bool isAutomatic = true) =>
        stage.ConnectAsync(
            hub,
            http => http.AccessTokenProvider = async () =>
                await stage.Http.GetStringAsync(new Uri(stage.Url, $"generateJwtToken?{token()}")),
            builder => builder.WithAuthenticationRefresh(options => options.EnableAutoRefresh = isAutomatic));

    private static Task<AuthenticationRefreshedContext> RefreshOf(HubConnection connection)
    {
        var refreshed = new TaskCompletionSource<AuthenticationRefreshedContext>();
        connection.AuthenticationRefreshed += context =>
        {
            refreshed.TrySetResult(context);
            return Task.CompletedTask;
        };
        return refreshed.Task;
    }

    private static Task<Exception> FailureOf(HubConnection connection)
    {
        var failed = new TaskCompletionSource<Exception>();
        connection.AuthenticationRefreshFailed += context =>
        {
            failed.TrySetResult(context.Exception);
            return Task.CompletedTask;
        };
        return failed.Task;
    }

    private static Task EndOf(HubConnection connection)
    {
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        return closed.Task;
    }

    private static async Task ExpectRefusal(HubConnection connection, HttpStatusCode status)
    {
        var error = await Expect.Throws<HttpRequestException>(() => connection.RefreshAuthenticationAsync());
        Expect.True(
            error.StatusCode == status || error.Message.Contains($"{(int)status}"),
            $"the status {(int)status}, got '{error.StatusCode}' with '{error.Message}'");
    }

    private static async Task ExpectConnected(HubConnection connection, string who)
    {
        Expect.Equal(who, await connection.InvokeAsync<string>("Who"));
        Expect.Equal(HubConnectionState.Connected, connection.State);
    }
}
