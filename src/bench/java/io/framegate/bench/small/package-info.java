/**
 * An application with one of each kind that the gate has: a bean, an EJB that starts with it, a REST resource, a health check. It shows
 * what the container takes to start for its own part.
 */
@NullMarked
package io.framegate.bench.small;

import org.jspecify.annotations.NullMarked;
