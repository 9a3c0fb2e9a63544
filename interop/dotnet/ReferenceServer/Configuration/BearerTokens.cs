using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Signalbox.Interop.Configuration;

/// <summary>Issues the tokens of <c>/generateJwtToken</c> and accepts them.</summary>
public static class BearerTokens
{
    public const string NamedUserPolicy = "NamedUser";

    // Known to this process only: a token of another run must not be accepted.
    private static readonly SymmetricSecurityKey Key = new(RandomNumberGenerator.GetBytes(32));

    public static string Issue(string user, int lifetimeSeconds, string? role)
    {
        var claims = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)]);
        if (role is not null)
        {
            claims.AddClaim(new Claim(ClaimTypes.Role, role));
        }
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Subject = claims,
            Expires = DateTime.UtcNow.AddSeconds(lifetimeSeconds),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
        });
    }

    public static void AddBearerAuthentication(this IServiceCollection services)
    {
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.TokenValidationParameters = new TokenValidationParameters
            {
                IssuerSigningKey = Key,
                ValidateAudience = false,
                ValidateIssuer = false,
                ClockSkew = TimeSpan.Zero,
            };
            bearer.Events = new JwtBearerEvents { OnMessageReceived = ReadTokenFromQuery };
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(NamedUserPolicy, policy => policy.RequireClaim(ClaimTypes.NameIdentifier));
    }

    // Browsers cannot set headers on WebSockets and event streams.
    private static Task ReadTokenFromQuery(MessageReceivedContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0)
        {
            context.Token = context.Request.Query["access_token"];
        }
        return Task.CompletedTask;
    }
}
