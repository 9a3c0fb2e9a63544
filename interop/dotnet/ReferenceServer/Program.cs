using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Signalbox.Interop;
using Signalbox.Interop.Configuration;
using Signalbox.Interop.Endpoints;
using StackExchange.Redis;

if (!CommandLine.TryParse(args, out var commandLine, out var problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

var settings = commandLine.Settings;
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });

builder.AddListeners(commandLine);
builder.AddQuietLogging();
builder.Services.AddBearerAuthentication();
builder.Services.AddCors();
builder.Services.Configure<ConnectionOptions>(settings.ApplyToConnections);
builder.Services.AddSingleton<IUserIdProvider, QueryUserIdProvider>();
builder.Services.AddSingleton<ProbeJournal>();
builder.Services.AddSingleton<ProbeGates>();

var signalR = builder.Services
    .AddSignalR(settings.ApplyToHubs)
    .AddJsonProtocol(json => json.PayloadSerializerOptions.PropertyNamingPolicy = null)
    .AddMessagePackProtocol();

builder.Services.AddSingleton<Readiness>();
if (commandLine.Redis is { } redis)
{
    signalR.AddRedisBackplane(redis, commandLine.ChannelPrefix);
}

var app = builder.Build();

if (settings.Cors)
{
    app.UseCors(policy => policy.SetIsOriginAllowed(_ => true).AllowAnyMethod().AllowAnyHeader().AllowCredentials());
}
app.UseWebSockets(settings.WebSockets);
app.UseNegotiateCookies();
app.UseBadNegotiate();
app.UseAuthentication();
app.UseAuthorization();

app.MapHubs(settings);
app.MapRedirects();
app.MapJwtTokens();
app.MapClientResult();
app.MapClientScripts();
app.MapHealth();

app.PrintAddressesWhenListening();
try
{
    await app.RunAsync();
}
catch (RedisException)
{
    // Redis went away just when the stopping hubs unsubscribed from it.
}
return 0;
