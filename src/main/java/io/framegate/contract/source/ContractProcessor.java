package io.framegate.contract.source;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/**
 * Writes {@code META-INF/framegate/contract.properties}, one for each compilation, in UTF-8 and sorted, so that the same
 * sources give the same file:
 *
 * <pre>
 *  message.BINARY-NAME               true, for each record with {@code @Message}
 *  answer.BINARY-NAME                the binary name of the answer, for each request that a worker here answers
 *  text.BINARY-NAME                  what a record or enum is
 *  text.BINARY-NAME#NAME             what a component or constant is
 * </pre>
 */
@SupportedAnnotationTypes("*")
public final class ContractProcessor extends AbstractProcessor {

    /** Where the file is, below the root of the classes. */
    public static final String RESOURCE = "META-INF/framegate/contract.properties";

    private static final String MESSAGE = "io.framegate.message.Message";
    private static final String WORKER = "io.framegate.message.Worker";

    private final SortedMap<String, String> facts = new TreeMap<>();

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        ElementFilter.typesIn(round.getRootElements()).forEach(this::read);
        if (round.processingOver() && !facts.isEmpty()) {
            write();
        }
        return false;
    }

    private void read(TypeElement type) {
        if (type.getKind() == ElementKind.RECORD) {
            readRecord(type);
        } else if (type.getKind() == ElementKind.ENUM) {
            readEnum(type);
        } else if (type.getKind() == ElementKind.CLASS) {
            readWorker(type.asType());
        }
        ElementFilter.typesIn(type.getEnclosedElements()).forEach(this::read);
    }

    private void readRecord(TypeElement type) {
        String name = binaryName(type);
        if (type.getAnnotationMirrors().stream()
                .anyMatch(mirror -> mirror.getAnnotationType().toString().equals(MESSAGE))) {
            facts.put("message." + name, "true");
        }
        JavadocText text = text(type);
        putText(name, text.description());
        for (RecordComponentElement component : type.getRecordComponents()) {
            String field = component.getSimpleName().toString();
            putText(name + "#" + field, text.fields().getOrDefault(field, ""));
        }
    }

    private void readEnum(TypeElement type) {
        String name = binaryName(type);
        putText(name, text(type).description());
        for (Element constant : type.getEnclosedElements()) {
            if (constant.getKind() == ElementKind.ENUM_CONSTANT) {
                putText(name + "#" + constant.getSimpleName(), text(constant).description());
            }
        }
    }

    /** The type parameters of {@code Worker<Q, A>}, wherever above the class they are given. */
    private void readWorker(TypeMirror type) {
        for (TypeMirror parent : processingEnv.getTypeUtils().directSupertypes(type)) {
            DeclaredType declared = (DeclaredType) parent;
            TypeElement element = (TypeElement) declared.asElement();
            if (element.getQualifiedName().contentEquals(WORKER)) {
                if (declared.getTypeArguments().size() == 2
                        && declared.getTypeArguments().get(0) instanceof DeclaredType request
                        && declared.getTypeArguments().get(1) instanceof DeclaredType answer) {
                    facts.put("answer." + binaryName((TypeElement) request.asElement()), binaryName((TypeElement)
                            answer.asElement()));
                }
            } else {
                readWorker(parent);
            }
        }
    }

    private JavadocText text(Element element) {
        String comment = processingEnv.getElementUtils().getDocComment(element);
        return comment == null ? new JavadocText("", Map.of()) : JavadocText.of(withValues(element, comment));
    }

    /** A comment with {@code {@value #NAME}} replaced by the constant's value. */
    private static String withValues(Element element, String comment) {
        String text = comment;
        for (VariableElement constant : ElementFilter.fieldsIn(element.getEnclosedElements())) {
            Object value = constant.getConstantValue();
            if (value != null) {
                text = text.replace("{@value #" + constant.getSimpleName() + "}", value.toString());
            }
        }
        return text;
    }

    private void putText(String name, String text) {
        if (!text.isEmpty()) {
            facts.put("text." + name, text);
        }
    }

    private String binaryName(TypeElement type) {
        return processingEnv.getElementUtils().getBinaryName(type).toString();
    }

    private void write() {
        try (Writer out = new OutputStreamWriter(
                processingEnv
                        .getFiler()
                        .createResource(StandardLocation.CLASS_OUTPUT, "", RESOURCE)
                        .openOutputStream(),
                StandardCharsets.UTF_8)) {
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                out.write(fact.getKey() + "=" + escaped(fact.getValue()) + "\n");
            }
        } catch (IOException e) {
            processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, RESOURCE + " cannot be written: " + e);
        }
    }

    /** A value of {@link java.util.Properties}; store() is not used since it writes the time of day. */
    private static String escaped(String text) {
        String value = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
        return value.startsWith(" ") ? "\\" + value : value;
    }
}
