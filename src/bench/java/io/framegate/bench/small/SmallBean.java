package io.framegate.bench.small;

import jakarta.enterprise.context.ApplicationScoped;

/** A bean. */
@ApplicationScoped
public class SmallBean {

    String word() {
        return "small";
    }
}
