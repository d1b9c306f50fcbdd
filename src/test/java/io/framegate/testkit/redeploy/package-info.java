/** A Payara Micro that deploys and undeploys when it is told to, and counts what stays. */
@NullMarked
package io.framegate.testkit.redeploy;

import org.jspecify.annotations.NullMarked;
