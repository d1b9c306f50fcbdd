/**
 * What disturbs a gate in tests, and the well-behaved client beside the trouble. Begin reading at
 * {@link io.framegate.testkit.abuse.Canary}.
 */
@org.jspecify.annotations.NullMarked
package io.framegate.testkit.abuse;
