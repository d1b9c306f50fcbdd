package io.framegate.ops;

import jakarta.annotation.security.DeclareRoles;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** Everything that the console page asks for is REST under {@code /admin}; its OpenAPI document is at {@code /openapi}. */
@ApplicationPath("/admin")
@DeclareRoles(AdminLogin.ADMIN)
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Framegate administration",
                        version = "1",
                        description =
                                "What the console page and the command line do, for programs. Name and password go"
                                        + " by HTTP Basic, or by a session's cookie. Refusals are sentences as text."),
        security = @SecurityRequirement(name = "administrator"))
@SecurityScheme(securitySchemeName = "administrator", type = SecuritySchemeType.HTTP, scheme = "basic")
public class AdminApplication extends Application {}
