using Chat.Hubs;
using StackExchange.Redis;

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddSignalR()
    .AddMessagePackProtocol()
    .AddStackExchangeRedis(
        builder.Configuration["redis"] ?? "localhost:6379",
        options => options.Configuration.ChannelPrefix = RedisChannel.Literal("MyApp"));

var app = builder.Build();
app.MapHub<ChatHub>("/chat");
app.Run();
