namespace Signalbox.Interop.Endpoints;

public static class BadNegotiate
{
    // A prefix, not a path: clients append `/negotiate` to whatever URL the test gave them.
    private const string Prefix = "/bad-negotiate";

    public static void UseBadNegotiate(this WebApplication app) => app.Use(next => context =>
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method) || !request.Path.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync("Some response from server");
    });
}
