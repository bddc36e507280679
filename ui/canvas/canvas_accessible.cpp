#include "ui/canvas/canvas_accessible.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_widget.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include <map>
#include <memory>

namespace sluice {

namespace {

class CanvasAccessible;

/// A node, one of its ports, or a wire. Named by id: an edit may take it away at any time.
class ItemAccessible : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    enum class Kind { Node, Port, Wire };

    ItemAccessible(
        CanvasWidget *canvas, Kind kind, std::string id, std::string port = {}, bool output = false)
        : m_canvas(canvas)
        , m_kind(kind)
        , m_id(std::move(id))
        , m_port(std::move(port))
        , m_output(output)
    {}

    bool isValid() const override { return m_canvas && (card() || wire()); }
    QObject *object() const override { return nullptr; }
    QWindow *window() const override { return m_canvas->window()->windowHandle(); }
    QAccessibleInterface *parent() const override;
    QAccessibleInterface *childAt(int x, int y) const override;
    QAccessibleInterface *child(int index) const override;
    int childCount() const override;
    int indexOfChild(const QAccessibleInterface *child) const override;
    QString text(QAccessible::Text which) const override;
    void setText(QAccessible::Text, const QString &) override {}
    QRect rect() const override;
    QAccessible::Role role() const override;
    QAccessible::State state() const override;
    void *interface_cast(QAccessible::InterfaceType type) override
    {
        if (type == QAccessible::ActionInterface)
            return static_cast<QAccessibleActionInterface *>(this);
        return nullptr;
    }
    QStringList actionNames() const override;
    void doAction(const QString &name) override;
    QStringList keyBindingsForAction(const QString &) const override { return {}; }

private:
    const CardItem *card() const
    {
        return m_kind == Kind::Wire ? nullptr : m_canvas->scene().findCard(m_id);
    }
    const WireItem *wire() const
    {
        return m_kind == Kind::Wire ? m_canvas->scene().findWire(m_id) : nullptr;
    }
    CanvasAccessible *owner() const;

    CanvasWidget *m_canvas;
    Kind m_kind;
    std::string m_id; // node id or wire key
    std::string m_port;
    bool m_output;
};

/// Nodes first, then wires, in the scene's order.
class CanvasAccessible : public QAccessibleWidget
{
public:
    explicit CanvasAccessible(CanvasWidget *canvas)
        : QAccessibleWidget(canvas, QAccessible::Canvas, canvas->accessibleName())
    {}
    ~CanvasAccessible() override
    {
        for (const auto &[key, id] : m_items)
            QAccessible::deleteAccessibleInterface(id);
    }

    CanvasWidget *canvas() const { return static_cast<CanvasWidget *>(widget()); }

    int childCount() const override
    {
        return int(canvas()->scene().cards().size() + canvas()->scene().wires().size());
    }

    QAccessibleInterface *child(int index) const override
    {
        const auto &cards = canvas()->scene().cards();
        const auto &wires = canvas()->scene().wires();
        if (index < 0 || index >= childCount())
            return nullptr;
        const auto at = std::size_t(index);
        if (at < cards.size())
            return item(ItemAccessible::Kind::Node, cards[at].id());
        return item(ItemAccessible::Kind::Wire, wires[at - cards.size()].key);
    }

    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (int i = 0; i < childCount(); ++i) {
            if (this->child(i) == child)
                return i;
        }
        return -1;
    }

    QAccessibleInterface *childAt(int x, int y) const override
    {
        for (int i = 0; i < childCount(); ++i) {
            QAccessibleInterface *one = child(i);
            if (one->rect().contains(x, y))
                return one;
        }
        return nullptr;
    }

    QAccessibleInterface *focusChild() const override
    {
        const int index = canvas()->scene().cardIndex(canvas()->focusNode());
        return index < 0 ? nullptr : child(index);
    }

    QAccessibleInterface *item(ItemAccessible::Kind kind,
                               const std::string &id,
                               const std::string &port = {},
                               bool output = false) const
    {
        const auto key = std::make_tuple(int(kind), id, port, output);
        const auto known = m_items.find(key);
        if (known != m_items.end())
            return QAccessible::accessibleInterface(known->second);
        auto *made = new ItemAccessible(canvas(), kind, id, port, output);
        m_items.emplace(key, QAccessible::registerAccessibleInterface(made));
        return made;
    }

private:
    mutable std::map<std::tuple<int, std::string, std::string, bool>, QAccessible::Id> m_items;
};

CanvasAccessible *ItemAccessible::owner() const
{
    return static_cast<CanvasAccessible *>(QAccessible::queryAccessibleInterface(m_canvas));
}

QAccessibleInterface *ItemAccessible::parent() const
{
    if (m_kind == Kind::Port)
        return owner()->item(Kind::Node, m_id);
    return owner();
}

QAccessibleInterface *ItemAccessible::childAt(int x, int y) const
{
    for (int i = 0; i < childCount(); ++i) {
        if (child(i)->rect().contains(x, y))
            return child(i);
    }
    return nullptr;
}

QAccessibleInterface *ItemAccessible::child(int index) const
{
    if (index < 0 || index >= childCount())
        return nullptr;
    const PortItem &port = card()->ports[std::size_t(index)];
    return owner()->item(Kind::Port, m_id, port.id, port.output);
}

int ItemAccessible::childCount() const
{
    return m_kind == Kind::Node && card() ? int(card()->ports.size()) : 0;
}

int ItemAccessible::indexOfChild(const QAccessibleInterface *child) const
{
    for (int i = 0; i < childCount(); ++i) {
        if (this->child(i) == child)
            return i;
    }
    return -1;
}

QString ItemAccessible::text(QAccessible::Text which) const
{
    if (which == QAccessible::Description && card() && m_kind == Kind::Node)
        return m_canvas->describeNode(m_id);
    if (which != QAccessible::Name)
        return {};
    if (m_kind == Kind::Wire)
        return wire() ? m_canvas->describeWire(*wire()->wire) : QString();
    if (!card())
        return {};
    if (m_kind == Kind::Node)
        return card()->title;
    const PortItem *port = card()->findPort(m_port, m_output);
    const QString title = port ? port->title : toQString(m_port);
    return m_output ? CanvasWidget::tr("Output %1 of %2").arg(title, card()->title)
                    : CanvasWidget::tr("Input %1 of %2").arg(title, card()->title);
}

QRect ItemAccessible::rect() const
{
    QRectF view;
    if (m_kind == Kind::Node) {
        view = m_canvas->cardViewRect(m_id);
    } else if (m_kind == Kind::Port) {
        const QPointF at = m_canvas->portViewPos(m_id, m_port, m_output);
        const double half = metrics::kPortHit * m_canvas->zoom();
        view = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half);
    } else if (const WireItem *item = wire()) {
        view = m_canvas->viewport().toView(item->curve.bounds());
    }
    return view.toAlignedRect().translated(m_canvas->mapToGlobal(QPoint(0, 0)));
}

QAccessible::Role ItemAccessible::role() const
{
    switch (m_kind) {
    case Kind::Node:
        return QAccessible::ListItem;
    case Kind::Port:
        return QAccessible::Button;
    case Kind::Wire:
        return QAccessible::Link;
    }
    return QAccessible::NoRole;
}

QAccessible::State ItemAccessible::state() const
{
    QAccessible::State state;
    state.invalid = !isValid();
    state.selectable = m_kind != Kind::Port;
    if (m_kind == Kind::Node) {
        state.focusable = true;
        state.focused = m_canvas->hasFocus() && m_canvas->focusNode() == m_id;
        state.selected = m_canvas->selectedNodes().contains(m_id);
    } else if (const WireItem *item = wire()) {
        const auto wires = m_canvas->selectedWires();
        state.selected = std::find(wires.begin(), wires.end(), *item->wire) != wires.end();
    }
    return state;
}

QStringList ItemAccessible::actionNames() const
{
    if (m_kind == Kind::Node)
        return {setFocusAction(), pressAction()};
    return m_kind == Kind::Wire ? QStringList{setFocusAction()} : QStringList{};
}

void ItemAccessible::doAction(const QString &name)
{
    if (!isValid())
        return;
    if (m_kind == Kind::Wire) {
        m_canvas->select({}, {*wire()->wire});
        return;
    }
    m_canvas->showNode(m_id);
    m_canvas->setFocus(Qt::OtherFocusReason);
    if (name == pressAction())
        Q_EMIT m_canvas->openNode(m_id);
}

QAccessibleInterface *makeAccessible(const QString &className, QObject *object)
{
    (void)className;
    if (auto *canvas = qobject_cast<CanvasWidget *>(object))
        return new CanvasAccessible(canvas);
    return nullptr;
}

} // namespace

void installCanvasAccessibility()
{
    QAccessible::installFactory(makeAccessible); // the same function twice is once
}

} // namespace sluice
