namespace Signalbox.Interop.Endpoints;

public static class Redirects
{
    private const string Source = "/echoredirect";

    public static void MapRedirects(this WebApplication app)
    {
        app.Map(Source + "/{**rest}", (HttpRequest request) =>
        {
            var target = "/echo" + request.Path.ToUriComponent()[Source.Length..];
            return Results.Redirect(target + request.QueryString, permanent: false, preserveMethod: true);
        });

        var redirects = 0;
        app.MapPost("/redirect/negotiate", (string baseUrl) =>
            Results.Json(new { url = $"{baseUrl}/testHub?numRedirects={Interlocked.Increment(ref redirects)}" }));
    }
}
