package io.framegate.testkit.redeploy;

import com.sun.management.HotSpotDiagnosticMXBean;
import fish.payara.micro.PayaraMicro;
import fish.payara.micro.PayaraMicroRuntime;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Payara Micro, started by its own main class with the arguments given, that takes orders from its standard input, a line each, and
 * answers each by a line that begins with {@value #ANSWER}.
 *
 * <pre>
 *  deploy FILE        the answer is true if it is deployed
 *  undeploy
 *  instances CLASS    after a full collection: how many objects there are of a class, of whatever loader
 *  threads PATTERN    the names of those that live and match, or none
 *  direct             bytes of direct buffers
 *  dump FILE          of the heap
 * </pre>
 *
 * It is started with no class path but Payara Micro's jar and its own class.
 */
public final class RedeployMain {

    /** What an answer begins with, among the lines of the log. */
    public static final String ANSWER = "ANSWER ";

    private static final String NAME = "framegate";

    private RedeployMain() {}

    /** Runs until the end of its input. */
    public static void main(String[] arguments) throws Exception {
        // Payara takes System.out for its log.
        PrintStream out = System.out;
        PayaraMicro.main(arguments);
        PayaraMicroRuntime payara = PayaraMicro.getInstance().getRuntime();
        out.println(ANSWER + "started");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            out.println(ANSWER + answer(payara, order));
        }
        System.exit(0);
    }

    private static String answer(PayaraMicroRuntime payara, String order) throws JMException, IOException {
        String argument = order.substring(order.indexOf(' ') + 1);
        return switch (order.split(" ")[0]) {
            case "deploy" ->
                String.valueOf(payara.deploy(NAME, NAME, new File(argument))
                        // What it answers is true where the deployment has failed, too.
                        && payara.getDeployedApplicationNames().contains(NAME));
            case "undeploy" -> {
                payara.undeploy(NAME);
                yield "done";
            }
            case "instances" -> String.valueOf(instances(argument));
            case "threads" -> threads(argument);
            case "direct" -> String.valueOf(direct());
            case "dump" -> {
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpHeap(argument, true);
                yield "done";
            }
            default -> throw new IllegalArgumentException(order);
        };
    }

    private static long instances(String className) throws JMException {
        System.gc();
        return command("gcClassHistogram")
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(cells -> cells.length >= 4 && cells[3].equals(className))
                .mapToLong(cells -> Long.parseLong(cells[1]))
                .sum();
    }

    private static String threads(String names) {
        String found = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(Pattern.compile(names).asPredicate())
                .sorted()
                .collect(Collectors.joining(", "));
        return found.isEmpty() ? "none" : found;
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static String command(String operation, String... arguments) throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        operation,
                        new Object[] {arguments},
                        new String[] {String[].class.getName()});
    }
}
