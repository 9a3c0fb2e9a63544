namespace Signalbox.Interop.Endpoints;

/// <summary>Every negotiate sets cookies, whatever its outcome: the clients' cookie tests look for them on later requests.</summary>
public static class NegotiateCookies
{
    public static void UseNegotiateCookies(this WebApplication app) => app.Use(next => context =>
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method) && request.Path.ToString().EndsWith("/negotiate", StringComparison.OrdinalIgnoreCase))
        {
            var cookies = context.Response.Cookies;
            cookies.Append("testCookie", "testValue", Options(request.IsHttps));
            cookies.Append("testCookie2", "testValue2", Options(request.IsHttps));
            cookies.Append("expiredCookie", "doesntmatter", Options(request.IsHttps, DateTimeOffset.UtcNow.AddHours(-1)));
        }
        return next(context);
    });

    private static CookieOptions Options(bool https, DateTimeOffset? expires = null)
    {
        var options = new CookieOptions { Path = "/", Expires = expires };
        if (https)
        {
            // What browsers ask of a cookie that a page of another site may send.
            options.SameSite = SameSiteMode.None;
            options.Secure = true;
            options.Extensions.Add("Partitioned");
        }
        return options;
    }
}
