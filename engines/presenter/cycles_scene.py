"""Runs inside Blender's own Python: builds the head once, then path-traces one pose per line it is told.

    python cycles_scene.py SCENE.npz        then on stdin: "POSE.npz<tab>OUT.npy"; answers each with OUT.npy
SCENE.npz and POSE.npz are written by cycles_footage.py; OUT.npy is (h, w, 4) float32, linear, top row first, alpha
associated. Imports nothing of the product, as it lives in another environment. Lengths in cm, y up.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

SCATTER_CM = (0.26, 0.094, 0.052)
"""Mean free path of red, green and blue light in skin."""
HAIR = {"hair": (0.93, 0.30, 1.0), "brows": (0.93, 0.30, 0.8), "lashes": (0.95, 0.2, 0.8)}
"""Melanin, redness and width factor of each kind of strand."""
SURFACES = {"suit": (0.8, 0.0), "teeth": (0.22, 0.5), "tongue": (0.34, 0.4)}
"""Roughness and subsurface weight of every surface that is not skin."""


def main(scene_path: str) -> None:
    """Serve poses until stdin ends."""
    with np.load(scene_path, allow_pickle=False) as data:
        scene = {key: data[key] for key in data.files}
    bpy.ops.wm.read_factory_settings(use_empty=True)
    set_render(scene)
    set_lights(scene)
    camera = add_camera()
    bodies = {name: add_body(scene, name) for name in map(str, scene["meshes"])}
    strands = {name: add_strands(scene, name) for name in map(str, scene["strands"])}
    eyes = [add_eye(scene) for _ in range(2)]
    for line in sys.stdin:
        pose_path, out = line.rstrip("\n").split("\t")
        with np.load(pose_path, allow_pickle=False) as pose:
            aim(camera, pose["view"], pose["lens"])
            for name, body in bodies.items():
                move(body.data.vertices, "co", pose[f"mesh.{name}"])
                body.data.update()
            for name, curves in strands.items():
                move(curves.data.attributes["position"].data, "vector", pose[f"strand.{name}"])
                curves.data.update_tag()
            for eye, matrix in zip(eyes, pose["eyes"], strict=True):
                for part in eye:
                    part.matrix_world = Matrix(matrix.tolist())
            np.save(out, render(pose["size"]))
        print(out, flush=True)


def set_render(scene: dict[str, np.ndarray]) -> None:
    """Cycles on the processor, denoised, transparent background, linear output."""
    render_settings = bpy.context.scene.render
    render_settings.engine = "CYCLES"
    render_settings.film_transparent = True
    render_settings.use_persistent_data = True
    render_settings.image_settings.file_format = "OPEN_EXR"
    render_settings.image_settings.color_mode = "RGBA"
    cycles = bpy.context.scene.cycles
    cycles.device, cycles.samples, cycles.use_denoising = "CPU", int(scene["samples"]), True
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = True, 0.02
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 6, 2, 2
    cycles.transparent_max_bounces, cycles.sample_clamp_indirect = 12, 4.0
    cycles.caustics_reflective = cycles.caustics_refractive = False
    bpy.context.scene.cycles_curves.shape = "RIBBONS"
    bpy.context.scene.view_settings.view_transform = "Standard"


def set_lights(scene: dict[str, np.ndarray]) -> None:
    """Four broad suns and the room; a sun's strength is its irradiance, pi times the film tier's colour."""
    mirrored_before = False
    for direction, colour, size in zip(scene["lamp_direction"], scene["lamp_colour"], scene["lamp_size"], strict=True):
        lamp = bpy.data.lights.new("lamp", "SUN")
        lamp.energy = math.pi * float(colour.max())
        lamp.color = (colour / colour.max()).tolist()
        lamp.angle = math.atan(float(size))
        placed = place(lamp)
        placed.matrix_world = Matrix(facing(direction).tolist())
        placed.visible_glossy = not mirrored_before  # broad fills would turn the corneas milky
        mirrored_before = True
    world = bpy.data.worlds.new("room")
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    nodes.clear()
    texture, background, output = (
        nodes.new(kind) for kind in ("ShaderNodeTexEnvironment", "ShaderNodeBackground", "ShaderNodeOutputWorld")
    )
    texture.image = float_image("room", scene["room"])
    # Blender's panorama has z up; the head has y up and looks along z.
    turn = nodes.new("ShaderNodeMapping")
    turn.inputs["Rotation"].default_value = (math.pi / 2, 0.0, math.pi / 2)
    where = nodes.new("ShaderNodeTexCoord")
    links.new(where.outputs["Generated"], turn.inputs["Vector"])
    links.new(turn.outputs["Vector"], texture.inputs["Vector"])
    links.new(texture.outputs["Color"], background.inputs["Color"])
    links.new(background.outputs["Background"], output.inputs["Surface"])


def add_camera() -> bpy.types.Object:
    """The one camera."""
    camera = bpy.data.cameras.new("camera")
    camera.sensor_fit, camera.clip_start, camera.clip_end = "VERTICAL", 10.0, 2000.0
    placed = place(camera)
    bpy.context.scene.camera = placed
    return placed


def aim(camera: bpy.types.Object, view: np.ndarray, lens: np.ndarray) -> None:
    """view: world to camera (4, 4); lens: vertical angle in radians, shift right and up in heights of the window."""
    camera.matrix_world = Matrix(np.linalg.inv(view).tolist())
    camera.data.angle = float(lens[0])
    camera.data.shift_x, camera.data.shift_y = float(lens[1]), float(lens[2])


def add_body(scene: dict[str, np.ndarray], name: str) -> bpy.types.Object:
    """A surface with its material."""
    vertices, triangles, uv = (scene[f"{name}.{key}"] for key in ("vertices", "triangles", "uv"))
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    move(mesh.vertices, "co", vertices)
    mesh.loops.add(triangles.size)
    mesh.loops.foreach_set("vertex_index", triangles.ravel().astype(np.int32))
    mesh.polygons.add(len(triangles))
    mesh.polygons.foreach_set("loop_start", np.arange(0, triangles.size, 3, dtype=np.int32))
    mesh.update(calc_edges=True)
    move(mesh.uv_layers.new(name="uv").data, "uv", uv)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(triangles), bool))
    mesh.materials.append(skin_material(scene) if name == "skin" else plain_material(scene, name))
    return place(mesh)


def skin_material(scene: dict[str, np.ndarray]) -> bpy.types.Material:
    """Random-walk skin (Christensen and Burley 2015) with the pictures of the film tier."""
    material, nodes, links, surface = new_material("skin")
    links.new(picture_node(nodes, scene, "skin_albedo").outputs["Color"], surface.inputs["Base Color"])
    surface.subsurface_method = "RANDOM_WALK"
    surface.inputs["Subsurface Weight"].default_value = 1.0
    surface.inputs["Subsurface Radius"].default_value = tuple(c / SCATTER_CM[0] for c in SCATTER_CM)
    surface.inputs["Subsurface Scale"].default_value = SCATTER_CM[0]
    fine, split = picture_node(nodes, scene, "skin_surface", colour=False), nodes.new("ShaderNodeSeparateColor")
    links.new(fine.outputs["Color"], split.inputs["Color"])
    links.new(split.outputs["Red"], surface.inputs["Roughness"])
    slope, parts, join = (
        picture_node(nodes, scene, "skin_normal", colour=False),
        nodes.new("ShaderNodeSeparateColor"),
        nodes.new("ShaderNodeCombineColor"),
    )
    bend = nodes.new("ShaderNodeNormalMap")
    bend.uv_map = "uv"
    links.new(slope.outputs["Color"], parts.inputs["Color"])
    links.new(parts.outputs["Red"], join.inputs["Red"])
    links.new(parts.outputs["Green"], join.inputs["Green"])
    join.inputs["Blue"].default_value = 1.0  # the picture's blue is height, not the normal's length outwards
    links.new(join.outputs["Color"], bend.inputs["Color"])
    links.new(bend.outputs["Normal"], surface.inputs["Normal"])
    return material


def plain_material(scene: dict[str, np.ndarray], name: str) -> bpy.types.Material:
    """Cloth, teeth, tongue."""
    material, nodes, links, surface = new_material(name)
    roughness, scatter = SURFACES.get(name, (0.6, 0.0))
    surface.inputs["Roughness"].default_value = roughness
    surface.inputs["Subsurface Weight"].default_value = scatter
    surface.inputs["Subsurface Radius"].default_value = (1.0, 0.7, 0.5)
    surface.inputs["Subsurface Scale"].default_value = 0.1
    links.new(picture_node(nodes, scene, f"{name}_albedo").outputs["Color"], surface.inputs["Base Color"])
    return material


def add_strands(scene: dict[str, np.ndarray], name: str) -> bpy.types.Object:
    """Hairs that thin towards their tips."""
    count, length = (int(n) for n in scene[f"{name}.shape"])
    melanin, redness, width = HAIR.get(name, HAIR["hair"])
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([length] * count)
    radius = curves.attributes.get("radius") or curves.attributes.new("radius", "FLOAT", "POINT")
    taper = width * float(scene[f"{name}.width"]) / 2 * (1 - 0.75 * np.linspace(0, 1, length) ** 2)
    radius.data.foreach_set("value", np.tile(taper, count).astype(np.float32))
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    fibre, output = nodes.new("ShaderNodeBsdfHairPrincipled"), nodes.new("ShaderNodeOutputMaterial")
    fibre.model, fibre.parametrization = "CHIANG", "MELANIN"
    fibre.inputs["Melanin"].default_value, fibre.inputs["Melanin Redness"].default_value = melanin, redness
    fibre.inputs["Random Color"].default_value = 0.25
    material.node_tree.links.new(fibre.outputs[0], output.inputs["Surface"])
    curves.materials.append(material)
    return place(curves)


def add_eye(scene: dict[str, np.ndarray]) -> tuple[bpy.types.Object, bpy.types.Object]:
    """Ball with a painted iris, and a clear cornea over it, of radius 1 looking along +z."""
    ball, cornea = (eye_mesh(scene, key) for key in ("ball", "cornea"))
    material, nodes, links, surface = new_material("ball")
    paint = nodes.new("ShaderNodeAttribute")
    paint.attribute_name = "paint"
    links.new(paint.outputs["Color"], surface.inputs["Base Color"])
    surface.inputs["Specular IOR Level"].default_value = 0.0  # the cornea alone is shiny, else the pupil turns milky
    ball.materials.append(material)
    clear = bpy.data.materials.new("cornea")
    clear.use_nodes = True
    nodes, links = clear.node_tree.nodes, clear.node_tree.links
    nodes.clear()
    kinds = ("BsdfTransparent", "BsdfGlossy", "MixShader", "Fresnel", "OutputMaterial")
    through, gloss, mix, fresnel, output = (nodes.new(f"ShaderNode{kind}") for kind in kinds)
    gloss.inputs["Roughness"].default_value, fresnel.inputs["IOR"].default_value = 0.03, 1.38
    for start, end in ((fresnel.outputs[0], 0), (through.outputs[0], 1), (gloss.outputs[0], 2)):
        links.new(start, mix.inputs[end])
    links.new(mix.outputs[0], output.inputs["Surface"])
    cornea.materials.append(clear)
    return place(ball), place(cornea)


def eye_mesh(scene: dict[str, np.ndarray], key: str) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(key)
    mesh.from_pydata(scene[f"{key}.vertices"].tolist(), [], scene["eye.triangles"].tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(scene["eye.triangles"]), bool))
    if key == "ball":
        move(mesh.attributes.new("paint", "FLOAT_COLOR", "POINT").data, "color", scene["ball.paint"])
    return mesh


def new_material(name: str) -> tuple:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    surface, output = nodes.new("ShaderNodeBsdfPrincipled"), nodes.new("ShaderNodeOutputMaterial")
    links.new(surface.outputs[0], output.inputs["Surface"])
    return material, nodes, links, surface


def picture_node(nodes, scene: dict[str, np.ndarray], name: str, colour: bool = True):  # type: ignore[no-untyped-def]
    """A texture of the head, or its stand-in colour."""
    path, plain = str(scene.get(f"picture.{name}", "")), scene[f"plain.{name}"]
    node = nodes.new("ShaderNodeTexImage")
    node.image = bpy.data.images.load(path) if path else float_image(name, np.tile(plain, (2, 2, 1)))
    if path and not colour:
        node.image.colorspace_settings.name = "Non-Color"
    return node


def float_image(name: str, pixels: np.ndarray) -> bpy.types.Image:
    """A linear picture (h, w, 3 or 4), top row first."""
    h, w = pixels.shape[:2]
    image = bpy.data.images.new(name, w, h, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    whole = np.ones((h, w, 4), np.float32)
    whole[..., : pixels.shape[2]] = pixels
    image.pixels.foreach_set(whole[::-1].ravel())
    return image


def facing(direction: np.ndarray) -> np.ndarray:
    """A frame whose +z points along direction: a sun shines along its own -z."""
    z = direction / np.linalg.norm(direction)
    x = np.cross((0.0, 1.0, 0.0), z)
    x /= np.linalg.norm(x)
    out = np.eye(4)
    out[:3, 0], out[:3, 1], out[:3, 2] = x, np.cross(z, x), z
    return out


def move(collection, key: str, values: np.ndarray) -> None:  # type: ignore[no-untyped-def]
    collection.foreach_set(key, np.ascontiguousarray(values, np.float32).ravel())


def place(data) -> bpy.types.Object:  # type: ignore[no-untyped-def]
    placed = bpy.data.objects.new(data.name, data)
    bpy.context.scene.collection.objects.link(placed)
    return placed


def render(size: np.ndarray) -> np.ndarray:
    """Render the scene: (h, w, 4) float32."""
    settings = bpy.context.scene.render
    settings.resolution_x, settings.resolution_y, settings.resolution_percentage = int(size[0]), int(size[1]), 100
    with tempfile.TemporaryDirectory() as folder:
        settings.filepath = str(Path(folder) / "picture.exr")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(settings.filepath)
        pixels = np.empty(int(size[0]) * int(size[1]) * 4, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
    return pixels.reshape(int(size[1]), int(size[0]), 4)[::-1]


if __name__ == "__main__":
    main(sys.argv[1])
