package io.framegate.ops;

import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.nio.charset.Charset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bodies under {@code /admin} of which the container would fail to make text, with 415 in a sentence: those in a charset that
 * there is not, and those that do not say that they are a form where a form is taken. Other types that a resource does not take
 * JAX-RS refuses itself.
 */
@Provider
public class ContentTypes implements ContainerRequestFilter {

    @Context
    private ResourceInfo resource;

    @Override
    public void filter(ContainerRequestContext request) {
        MediaType type = request.getMediaType();
        if (type != null && !isCharset(type.getParameters().get(MediaType.CHARSET_PARAMETER))) {
            refuse(request, "The charset of the content type is none that this server has: send UTF-8.");
        } else if ((type == null || type.isWildcardType()) && takesForm()) {
            refuse(request, "A form is taken here: its content type is " + MediaType.APPLICATION_FORM_URLENCODED + ".");
        }
    }

    private static boolean isCharset(@Nullable String name) {
        try {
            return name == null || Charset.isSupported(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private boolean takesForm() {
        for (Annotation[] parameter : resource.getResourceMethod().getParameterAnnotations()) {
            if (Arrays.stream(parameter).anyMatch(FormParam.class::isInstance)) {
                return true;
            }
        }
        return false;
    }

    private static void refuse(ContainerRequestContext request, String sentence) {
        request.abortWith(ErrorBody.of(Response.Status.UNSUPPORTED_MEDIA_TYPE.getStatusCode(), sentence)
                .build());
    }
}
