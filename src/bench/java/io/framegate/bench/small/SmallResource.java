package io.framegate.bench.small;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** A REST resource. */
@Path("/word")
@ApplicationScoped
public class SmallResource {

    @Inject
    private SmallBean bean;

    @GET
    public String word() {
        return bean.word();
    }
}
