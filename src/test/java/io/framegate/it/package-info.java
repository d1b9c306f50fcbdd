/**
 * Tests in Payara Micro with a real PostgreSQL, through real sockets. Begin reading at
 * {@link io.framegate.it.GateIT}.
 */
@NullMarked
package io.framegate.it;

import org.jspecify.annotations.NullMarked;
