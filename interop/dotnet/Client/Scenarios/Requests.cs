using System.Net;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Signalbox.Interop.Client.Running;

namespace Signalbox.Interop.Client.Scenarios;

/// <summary>What a hub sees of the HTTP requests that carry it, and where those may be sent.</summary>
public static class Requests
{
    public static readonly Scenario[] Scenarios =
    [
        new("a header of the client reaches the hub", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub", http => http.Headers["X-Scenario"] = "seen");
            Expect.Equal("seen", await connection.InvokeAsync<string?>("GetHeader", "X-Scenario"));
            Expect.Equal(null, await connection.InvokeAsync<string?>("GetHeader", "X-Missing"));
        }) { DependsOnProtocol = false },
        new("a cookie of the client reaches the hub", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub", http => http.Cookies.Add(stage.Url, new Cookie("own", "seen")));
            Expect.Equal("seen", await connection.InvokeAsync<string?>("GetCookie", "own"));
        }) { DependsOnProtocol = false },
        new("cookies set by negotiate come back with the transport, the expired one does not", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub");
            Expect.Equal("testValue", await connection.InvokeAsync<string?>("GetCookie", "testCookie"));
            Expect.Equal("testValue2", await connection.InvokeAsync<string?>("GetCookie", "testCookie2"));
            Expect.Equal(null, await connection.InvokeAsync<string?>("GetCookie", "expiredCookie"));
        }) { DependsOnProtocol = false },
        new("negotiate can send the client elsewhere", async stage =>
        {
            var baseUrl = Uri.EscapeDataString(stage.Url.GetLeftPart(UriPartial.Authority));
            var connection = await stage.ConnectAsync($"redirect?baseUrl={baseUrl}");
            Expect.True(await connection.InvokeAsync<int>("GetNumRedirects") > 0, "a redirect to have been counted");
            Expect.Equal("hello", await connection.InvokeAsync<string>("Echo", "hello"));
        }) { DependsOnProtocol = false },
        new("WebSockets need no negotiate", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub", http => http.SkipNegotiation = true);
            Expect.Equal("hello", await connection.InvokeAsync<string>("Echo", "hello"));
        }) { Transports = HttpTransportType.WebSockets },
        new("a client that may use any transport takes the best that the hub offers", async stage =>
        {
            var connection = await stage.ConnectAsync("testhub-nowebsockets", http => http.Transports = AnyTransport);
            Expect.Equal("ServerSentEvents", await connection.InvokeAsync<string>("GetActiveTransportName"));
        }) { Transports = HttpTransportType.ServerSentEvents },
        new("a refused negotiate fails the start", async stage =>
        {
            var error = await Expect.Throws<HttpRequestException>(() => stage.ConnectAsync("bad-negotiate"));
            Expect.Equal(HttpStatusCode.BadRequest, error.StatusCode);
        }) { DependsOnProtocol = false },
    ];

    private const HttpTransportType AnyTransport =
        HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;
}
